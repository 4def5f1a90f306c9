using System.Text.Json.Nodes;
using MlOps.Pipelines.Definitions;

namespace MlOps.Pipelines.Ir.Checking;

/// <summary>What stands at the top: name, schema version, root.</summary>
internal sealed class HeaderCheck(CheckedSpec pipeline, Report report)
{
    public void Run()
    {
        var name = pipeline.Spec.Map("pipelineInfo").Text("name");
        if (name is null)
        {
            report.Error("missing-key", "The pipeline has no name (pipelineInfo.name).", JsonPath.Top["pipelineInfo"]);
        }
        else if (!IdRules.IsPipelineName(name))
        {
            report.Error("bad-name", $"'{name}' cannot be a pipeline's name: it begins with a-z or 0-9 and has up to 128 of a-z, 0-9 and -.", JsonPath.Top["pipelineInfo"]["name"]);
        }

        CheckVersion();
        if (pipeline.Spec.Map("root") is null)
        {
            report.Error("missing-key", "The pipeline has no 'root'.", JsonPath.Top);
        }
    }

    private void CheckVersion()
    {
        var at = JsonPath.Top["schemaVersion"];
        if (pipeline.SchemaVersion is not { } version)
        {
            report.Error("missing-key", "The pipeline has no 'schemaVersion' (2.1.0 or 2.0.0).", at);
            return;
        }

        if (!version.StartsWith("2.0.", StringComparison.Ordinal) && !version.StartsWith("2.1.", StringComparison.Ordinal))
        {
            report.Error("old-schema", $"The schema version {version} is not known; 2.0.0 and 2.1.0 are.", at);
            return;
        }

        var old = version.StartsWith("2.0.", StringComparison.Ordinal);
        foreach (var component in pipeline.Components)
        {
            foreach (var (name, definition) in component.Json.Map("inputDefinitions").Map("parameters").Maps().Concat(component.Json.Map("outputDefinitions").Map("parameters").Maps()))
            {
                CheckTyping(component, name, definition, old);
            }
        }
    }

    // "type" is of schema 2.0, "parameterType" of 2.1; a mixture makes Vertex AI fail with INTERNAL.
    private void CheckTyping(CheckedComponent component, string name, JsonObject definition, bool old)
    {
        if (definition["type"] is not null && !old)
        {
            report.Error("schema-mixture", $"The parameter '{name}' of {component.Name} is written as in schema 2.0 ('type'), and schemaVersion says {pipeline.SchemaVersion}. Compile it again.", component.Path);
        }
        else if (IrType.Of(definition) is null)
        {
            report.Error("unknown-type", $"The parameter '{name}' of {component.Name} has no type that the IR knows.", component.Path);
        }
    }
}

using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Google.Cloud.AIPlatform.V1;
using Google.Protobuf.WellKnownTypes;
using MlOps.Steps.Project;

namespace MlOps.Steps.Run;

/// <summary>A pipeline with its parameters, ready to be submitted.</summary>
/// <param name="Spec">The PipelineSpec (IR).</param>
/// <param name="TemplateUri">Only for <c>https://LOC-kfp.pkg.dev/…</c> templates (vertex.md, "Runtime config").</param>
/// <param name="Caching">Replaces the caching options of every task where it is given.</param>
public sealed record JobRequest(
    string DisplayName, JsonObject Spec, JsonObject Parameters, ImmutableSortedDictionary<string, string> Labels, string? TemplateUri, bool? Caching, string FailurePolicy, TimeSpan Timeout)
{
    private const string LegacySchema = "2.0.0";

    /// <summary>The message of <c>CreatePipelineJob</c> for an environment.</summary>
    public PipelineJob ToMessage(DeliveryEnvironment environment)
    {
        var spec = Caching is { } cached ? CachingOverride.Apply(Spec, cached) : Spec;
        var job = new PipelineJob
        {
            DisplayName = DisplayName,
            PipelineSpec = Struct.Parser.ParseJson(spec.ToJsonString()),
            RuntimeConfig = new PipelineJob.Types.RuntimeConfig
            {
                GcsOutputDirectory = Text(spec, "defaultPipelineRoot") ?? environment.PipelineRoot,
                FailurePolicy = FailurePolicy == "fast" ? PipelineFailurePolicy.FailFast : PipelineFailurePolicy.FailSlow,
            },
            ServiceAccount = environment.ServiceAccount ?? "",
            TemplateUri = TemplateUri ?? "",
        };
        job.Labels.Add(Labels);
        AddParameters(job.RuntimeConfig, spec);
        return job;
    }

    /// <summary>The parameters that a job was submitted with.</summary>
    public static JsonObject ParametersOf(PipelineJob job) =>
        new(job.RuntimeConfig?.ParameterValues.Select(pair => KeyValuePair.Create(pair.Key, JsonNode.Parse(pair.Value.ToString()))) ?? []);

    // Schema 2.0.0 and older take typed values; later ones take JSON values (specs/vertex.md, "Runtime config").
    private void AddParameters(PipelineJob.Types.RuntimeConfig config, JsonObject spec)
    {
        var legacy = string.CompareOrdinal(Text(spec, "schemaVersion") ?? "2.1.0", LegacySchema) <= 0;
        foreach (var (name, value) in Parameters)
        {
            if (value is null)
            {
                continue;
            }

            if (legacy)
            {
#pragma warning disable CS0612 // The field is deprecated for newer schemas, and the only one for these.
                config.Parameters.Add(name, Typed(value));
#pragma warning restore CS0612
            }
            else
            {
                config.ParameterValues.Add(name, global::Google.Protobuf.WellKnownTypes.Value.Parser.ParseJson(value.ToJsonString()));
            }
        }
    }

    private static global::Google.Cloud.AIPlatform.V1.Value Typed(JsonNode value) => value.GetValueKind() switch
    {
        JsonValueKind.Number when long.TryParse(value.ToJsonString(), CultureInfo.InvariantCulture, out var whole) => new() { IntValue = whole },
        JsonValueKind.Number => new() { DoubleValue = double.Parse(value.ToJsonString(), CultureInfo.InvariantCulture) },
        JsonValueKind.String => new() { StringValue = value.GetValue<string>() },
        _ => new() { StringValue = value.ToJsonString() },
    };

    private static string? Text(JsonObject map, string key) => map[key]?.GetValue<string>();
}

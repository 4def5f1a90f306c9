using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using MlOps.Pipelines.Components;
using MlOps.Pipelines.Definitions;
using MlOps.Pipelines.Ir;

namespace MlOps.Pipelines.Compilation;

/// <summary>
/// The component that KFP's <c>dsl.importer</c> makes of an importer (kfp/dsl/importer_node.py): an input <c>uri</c>, an output
/// <c>artifact</c>, and an input <c>metadata</c>, <c>metadata-2</c>, … for each value that the metadata takes from the pipeline.
/// </summary>
internal static class ImporterComponent
{
    private const string Uri = "uri";

    /// <summary>The component before its metadata's references are resolved.</summary>
    public static ComponentSpec Of(ImporterTarget target)
    {
        var uri = target.Uri is ScalarValue { Value: string constant } ? new JsonObject { ["constant"] = constant } : new JsonObject { ["runtimeParameter"] = Uri };
        var importer = new JsonObject { ["artifactUri"] = uri, ["typeSchema"] = IrType.Schema(target.Type) };
        if (target.Reimport)
        {
            importer["reimport"] = true;
        }

        return new ComponentSpec(
            "importer",
            Description: null,
            [new ComponentInput(Uri, Uri, DataType.String, IsOptional: false, Default: null, Description: null, target.Spot)],
            [new ComponentOutput("artifact", "artifact", target.Type, Description: null, target.Spot)],
            new ImporterImplementation(importer),
            target.Spot);
    }

    public static Argument UriOf(ImporterTarget target) => new(Uri, target.Uri, target.Spot);

    /// <summary>Gives a task its metadata, and the inputs that this fills in; every reference in it is resolved.</summary>
    public static void AddMetadata(PlanTask task, MapValue metadata, Resolver resolver)
    {
        if (metadata.Entries.IsEmpty)
        {
            return;
        }

        var writer = new MetadataWriter(resolver);
        var written = writer.Of(metadata);
        var component = task.Component!;
        var importer = ((ImporterImplementation)component.Implementation).Importer.DeepClone().AsObject();
        importer["metadata"] = written;
        task.Component = component with
        {
            Inputs = [.. component.Inputs, .. writer.Inputs.Select(input => new ComponentInput(input.Name, input.Name, input.Channel.Type, IsOptional: false, Default: null, Description: null, metadata.Spot))],
            Implementation = new ImporterImplementation(importer),
        };
        task.Arguments = [.. task.Arguments, .. writer.Inputs.Select(input => new Argument(input.Name, new ReferenceValue(input.Expression, input.Expression.Spot), input.Expression.Spot))];
    }

    /// <summary>What the metadata takes from the pipeline.</summary>
    public static IEnumerable<Expression> References(ArgumentValue metadata) => metadata switch
    {
        TextValue text => text.Parts.Select(part => part.Expression).OfType<Expression>().Where(expression => expression is not RunReference),
        ListValue list => list.Items.SelectMany(References),
        MapValue map => map.Entries.SelectMany(entry => References(entry.Value)),
        _ => [],
    };

    /// <summary>The metadata as JSON. Values used twice are one input.</summary>
    private sealed class MetadataWriter(Resolver resolver)
    {
        private readonly List<(string Name, Expression Expression, Channel Channel)> _inputs = [];

        public ImmutableArray<(string Name, Expression Expression, Channel Channel)> Inputs => [.. _inputs];

        public JsonNode? Of(ArgumentValue value) => value switch
        {
            TextValue text => JsonValue.Create(Text(text)),
            ListValue list => new JsonArray([.. list.Items.Select(Of)]),
            MapValue map => new JsonObject(map.Entries.Select(entry => KeyValuePair.Create(entry.Key, Of(entry.Value)))),
            ScalarValue scalar => Constants.Scalar(scalar.Value),
            _ => throw new InvalidOperationException("Inside a map, a reference is text."),
        };

        private string Text(TextValue text)
        {
            var written = new StringBuilder();
            foreach (var part in text.Parts)
            {
                written.Append(part.Expression switch
                {
                    null => part.Text,
                    RunReference run => run.Placeholder,
                    var expression => $"{{{{$.inputs.parameters['{Input(expression)}']}}}}",
                });
            }

            return written.ToString();
        }

        private string Input(Expression expression)
        {
            var channel = resolver[expression];
            if (_inputs.Find(input => input.Channel.IsSame(channel)) is { Name: { } known })
            {
                return known;
            }

            var name = _inputs.Count == 0 ? "metadata" : string.Create(CultureInfo.InvariantCulture, $"metadata-{_inputs.Count + 1}");
            _inputs.Add((name, expression, channel));
            return name;
        }
    }
}

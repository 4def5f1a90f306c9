using Google.Cloud.AIPlatform.V1;
using Kind = Google.Cloud.AIPlatform.V1.MetadataSchema.Types.MetadataSchemaType;

namespace MlOps.LocalCloud.Vertex.Metadata;

/// <summary>The schemas that every store has: <c>system.*</c>, version 0.0.1, of any properties.</summary>
internal static class SystemSchemas
{
    public const string Version = "0.0.1";
    public const string Pipeline = "system.Pipeline";
    public const string PipelineRun = "system.PipelineRun";

    private static readonly (Kind Kind, string[] Titles)[] All =
    [
        (Kind.ArtifactType, ["system.Artifact", "system.ClassificationMetrics", "system.Dataset", "system.HTML", "system.Markdown", "system.Metrics", "system.Model", "system.SlicedClassificationMetrics"]),
        (Kind.ExecutionType, ["system.ContainerExecution", "system.CustomJobExecution", "system.DagExecution", "system.ImporterExecution", "system.ResolverExecution", "system.Run"]),
        (Kind.ContextType, ["system.Experiment", "system.ExperimentRun", Pipeline, PipelineRun]),
    ];

    public static IEnumerable<MetadataSchema> Of(string store) => All.SelectMany(kind => kind.Titles.Select(title => new MetadataSchema
    {
        Name = $"{store}/metadataSchemas/{title.ToLowerInvariant().Replace('.', '-')}-v{Version.Replace('.', '-')}",
        SchemaVersion = Version,
        SchemaType = kind.Kind,
        Schema = $"title: {title}\ntype: object\n",
    }));

    /// <summary>The title in a schema's text.</summary>
    public static string Title(MetadataSchema schema) => schema.Schema["title: ".Length..schema.Schema.IndexOf('\n', StringComparison.Ordinal)];
}

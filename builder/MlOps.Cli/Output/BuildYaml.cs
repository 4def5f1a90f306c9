using System.Text.Json.Nodes;
using Google.Cloud.CloudBuild.V1;
using Google.Protobuf;
using MlOps.Core.Yaml;

namespace MlOps.Cli.Output;

/// <summary>A build as a cloudbuild.yaml, which gcloud reads as the same build again.</summary>
internal static class BuildYaml
{
    public static string Write(Build build) => YamlWriter.Write(JsonNode.Parse(JsonFormatter.Default.Format(build)));
}

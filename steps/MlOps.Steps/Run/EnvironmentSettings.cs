using System.Text.Json.Nodes;
using MlOps.Core.Files;
using MlOps.Core.Images;
using MlOps.Steps.Project;

namespace MlOps.Steps.Run;

/// <summary>What an environment adds to a release: where it runs, as whom, which pipelines with which parameters.</summary>
public static class EnvironmentSettings
{
    /// <summary>The SHA-256 of their canonical JSON; parameters by value, so that a comment changes nothing.</summary>
    public static Digest HashOf(ProjectFile project, DeliveryEnvironment environment) => Digest.Of(CanonicalJson.Bytes(new JsonObject
    {
        ["project"] = environment.Project,
        ["region"] = environment.Region,
        ["pipelineRoot"] = environment.PipelineRoot,
        ["serviceAccount"] = environment.ServiceAccount,
        ["runs"] = new JsonArray([.. EnvironmentRuns.Planned(project, environment).Select(JsonNode? (run) => new JsonObject
        {
            ["pipeline"] = run.Pipeline,
            ["parameters"] = Arguments.FromFile(run.ParametersFile, run.Spot).Values,
            ["caching"] = run.Caching,
            ["failurePolicy"] = run.FailurePolicy,
        })]),
    }));
}

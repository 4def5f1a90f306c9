using System.Text.Json.Nodes;

namespace MlOps.Steps.Lineage;

/// <summary>The way back as JSON: what goes back where is told by resource names.</summary>
public static class LineageJson
{
    public static JsonObject Of(WayBack way) => new()
    {
        ["run"] = way.Asked,
        ["starts"] = Texts(way.Starts),
        ["artifacts"] = new JsonArray([.. way.Artifacts.Values.OrderBy(artifact => artifact.Name, StringComparer.Ordinal).Select(JsonNode? (artifact) => new JsonObject
        {
            ["name"] = artifact.Name,
            ["displayName"] = artifact.Title,
            ["type"] = artifact.Type,
            ["uri"] = artifact.Uri,
            ["metadata"] = artifact.Metadata.DeepClone(),
            ["madeBy"] = artifact.Maker,
            ["reusedBy"] = new JsonArray([.. artifact.ReusedBy.Select(JsonNode? (reuse) => new JsonObject { ["execution"] = reuse.Execution, ["run"] = reuse.Run })]),
        })]),
        ["executions"] = new JsonArray([.. way.Executions.Values.OrderBy(execution => execution.Name, StringComparer.Ordinal).Select(JsonNode? (execution) => new JsonObject
        {
            ["name"] = execution.Name,
            ["task"] = execution.Task,
            ["type"] = execution.Type,
            ["state"] = execution.State,
            ["image"] = execution.Image?.Reference,
            ["imageDigest"] = execution.Image?.Digest,
            ["imageId"] = execution.Image?.Id,
            ["parameters"] = execution.Parameters.DeepClone(),
            ["inputs"] = Texts(execution.Inputs),
            ["run"] = execution.Run,
        })]),
        ["runs"] = new JsonArray([.. way.Runs.Values.Select(JsonNode? (run) => new JsonObject
        {
            ["id"] = run.Id,
            ["job"] = run.Job,
            ["pipeline"] = run.Pipeline,
            ["template"] = run.Template,
            ["templateVersion"] = run.TemplateVersion,
            ["commit"] = run.Commit,
            ["repo"] = run.Repo,
            ["release"] = run.Release,
            ["environment"] = run.Environment,
            ["labels"] = new JsonObject(run.Labels.Select(pair => KeyValuePair.Create(pair.Key, (JsonNode?)pair.Value))),
        })]),
        ["notes"] = Texts(way.Notes),
    };

    private static JsonArray Texts(IEnumerable<string> texts) => new([.. texts.Select(text => (JsonNode?)text)]);
}

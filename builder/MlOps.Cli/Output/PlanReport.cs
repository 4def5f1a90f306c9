using System.Text.Json.Nodes;
using MlOps.Steps;
using MlOps.Steps.Build;
using MlOps.Steps.Checkout;

namespace MlOps.Cli.Output;

/// <summary>What a delivery would do and why; nothing is written.</summary>
internal static class PlanReport
{
    public static async Task WriteAsync(Report report, DeliveryContext context, IEnumerable<string> steps, CancellationToken cancel)
    {
        var reading = Task.Run(() => RevisionReader.Read(context.Workspace.Root, context.Project.Name, context.Options.Base, BuildValues.FromEnvironment()), cancel);
        var plan = await BuildPlanner.PlanAsync(context, reading, cancel);
        var source = await reading;
        report.Result(ToJson(source, plan, steps));
        report.Line($"{source.Repo} {source.Branch ?? source.Tag} {source.ShortCommit}{(source.Dirty ? ", with changes that are not committed" : "")}, environment {context.Environment.Name}");
        foreach (var line in Columns.Of(["", "", ""], plan.Rows.Select(row => new[] { Word(row.Action), row.Component, row.Why })))
        {
            report.Line("  " + line);
        }

        report.Line($"Steps: {string.Join(", ", steps)}. Images: {plan.ToBuild} to build, {plan.Found} found in {context.Environment.Images}.");
        report.Line(plan.ToBuild == 0
            ? "No image changes; compile, upload and run do only what their own inputs call for."
            : "New images give new digests, so the pipelines are compiled, uploaded and run anew.");
    }

    private static JsonObject ToJson(SourceRevision source, BuildPlan plan, IEnumerable<string> steps) => new()
    {
        ["commit"] = source.Commit,
        ["steps"] = new JsonArray([.. steps.Select(JsonNode? (step) => step)]),
        ["images"] = new JsonArray([.. plan.Rows.Select(JsonNode? (row) => new JsonObject
        {
            ["component"] = row.Component,
            ["action"] = Word(row.Action),
            ["digest"] = row.Digest?.ToString(),
            ["why"] = row.Why,
        })]),
    };

    private static string Word(BuildAction action) => action switch
    {
        BuildAction.Build => "build",
        BuildAction.Found => "found",
        _ => "none",
    };
}

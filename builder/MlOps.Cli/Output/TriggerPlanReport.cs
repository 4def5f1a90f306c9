using System.Text.Json.Nodes;
using MlOps.Cli.Verbs.Triggers;
using MlOps.CloudBuild.Triggers;
using MlOps.CloudBuild.Triggers.Planning;
using MlOps.Core.Problems;

namespace MlOps.Cli.Output;

/// <summary>The difference between the triggers of the files and those that are there.</summary>
internal static class TriggerPlanReport
{
    public static void Write(Report report, IReadOnlyList<TriggerTarget> targets, bool applied, bool adopted = false, bool pruned = false)
    {
        report.Result(new JsonArray([.. targets.SelectMany(target => target.Plan.Select(JsonNode? (one) => Json(target, one, applied && Done(one.Action, adopted, pruned))))]));
        foreach (var target in targets.Where(target => target.Plan.Length > 0))
        {
            report.Line($"{target.Environment.Name}: project {target.Environment.Project}, {target.Location}");
            foreach (var one in target.Plan)
            {
                WriteOne(report, one, applied, adopted, pruned);
            }
        }

        Summary(report, [.. targets.SelectMany(target => target.Plan)], applied, adopted, pruned);
    }

    private static void WriteOne(Report report, PlannedTrigger one, bool applied, bool adopted, bool pruned)
    {
        report.Line($"  {Mark(one.Action)} {one.Name}{Says(one, applied, adopted, pruned)}");
        foreach (var change in one.Changes)
        {
            report.Line($"      {change.Field}: {(change.Before, change.After) switch
            {
                (null, var after) => $"{after} is new",
                (var before, null) => $"{before} goes",
                var (before, after) => $"{before} -> {after}",
            }}");
        }
    }

    private static string Says(PlannedTrigger one, bool applied, bool adopted, bool pruned) => one.Action switch
    {
        TriggerAction.Add => $": {(applied ? "added" : "to be added")}, for {TriggerSource.Of(one.Wanted!).Words}{Pattern(one)}",
        TriggerAction.Change => applied ? ": changed" : ": to be changed",
        TriggerAction.Keep => ": unchanged",
        TriggerAction.Remove when pruned => ": removed, it is no longer in the files",
        TriggerAction.Remove => ": no longer in the files; 'mlops triggers apply --prune' removes it",
        TriggerAction.Conflict when adopted => ": taken over",
        TriggerAction.Conflict => ": is there already and not this repo's; 'mlops triggers apply --adopt' takes it over",
        _ => ": not this repo's, left alone",
    };

    private static string Pattern(PlannedTrigger one) => TriggerSource.Of(one.Wanted!) is TriggerSource.OfRepository source ? $" {(source.Invert ? "not " : "")}matching '{source.Pattern}'" : "";

    private static char Mark(TriggerAction action) => action switch
    {
        TriggerAction.Add => '+',
        TriggerAction.Change => '~',
        TriggerAction.Keep => '=',
        TriggerAction.Remove => '-',
        TriggerAction.Conflict => '!',
        _ => ' ',
    };

    private static void Summary(Report report, PlannedTrigger[] all, bool applied, bool adopted, bool pruned)
    {
        if (all.Length == 0)
        {
            report.Line("There are no triggers, neither in the files nor in the projects. An environment of mlops.yaml has one with 'trigger: {branch: ^main$}'.");
            return;
        }

        var (added, changed, gone) = (Count(TriggerAction.Add), Count(TriggerAction.Change) + (adopted ? Count(TriggerAction.Conflict) : 0), pruned || !applied ? Count(TriggerAction.Remove) : 0);
        report.Line(added + changed + gone + Count(TriggerAction.Conflict) == 0
            ? $"Nothing {(applied ? "was" : "is")} to be done: {Quantity.Of(Count(TriggerAction.Keep), "trigger")} as the files say."
            : applied ? $"Added {added}, changed {changed}, removed {gone}." : $"To add: {added}, to change: {changed}, left over: {gone}, in the way: {Count(TriggerAction.Conflict)}. 'mlops triggers apply' does it.");

        int Count(TriggerAction action) => all.Count(one => one.Action == action);
    }

    private static bool Done(TriggerAction action, bool adopted, bool pruned) => action switch
    {
        TriggerAction.Add or TriggerAction.Change => true,
        TriggerAction.Conflict => adopted,
        TriggerAction.Remove => pruned,
        _ => false,
    };

    private static JsonObject Json(TriggerTarget target, PlannedTrigger one, bool done) => new()
    {
        ["environment"] = target.Environment.Name,
        ["project"] = target.Environment.Project,
        ["location"] = target.Location,
        ["name"] = one.Name,
        ["id"] = one.Id.Length > 0 ? one.Id : null,
        ["action"] = one.Action.ToString().ToLowerInvariant(),
        ["done"] = done,
        ["changes"] = new JsonArray([.. one.Changes.Select(JsonNode? (change) => new JsonObject { ["field"] = change.Field, ["before"] = Parsed(change.Before), ["after"] = Parsed(change.After) })]),
    };

    private static JsonNode? Parsed(string? json) => json is null ? null : JsonNode.Parse(json);
}

using System.Text.Json.Nodes;
using MlOps.CloudBuild.Graph;
using MlOps.Core.Problems;

namespace MlOps.Cli.Output;

/// <summary>A build's step graph in words: its layers, what waits for what, the critical path.</summary>
internal static class StepGraphReport
{
    private const string OnPath = "●";
    private const string OffPath = "○";

    public static IEnumerable<string> Lines(string file, StepPlan plan)
    {
        yield return $"{file}: {Quantity.Of(plan.Steps.Length, "step")} in {Quantity.Of(plan.Layers, "layer")}, {(plan.AtOnce > 1 ? $"up to {plan.AtOnce} at once" : "one after the other")}";
        yield return "";
        var timed = plan.Measure != StepMeasure.Steps;
        foreach (var line in Columns.Of(
            ["LAYER", "STEP", "IMAGE", .. timed ? [plan.Measure == StepMeasure.Timeouts ? "TIMEOUT" : "TOOK"] : Array.Empty<string>(), "WAITS FOR"],
            plan.Steps.GroupBy(step => step.Layer).OrderBy(layer => layer.Key).SelectMany(layer => Rows([.. layer], plan, timed))))
        {
            yield return line;
        }

        yield return "";
        yield return $"Critical path ({OnPath}): {string.Join(" -> ", plan.CriticalPath.Select(index => plan.Steps[index].Label))}";
        yield return plan.Measure switch
        {
            StepMeasure.Timings => $"By the build's timings: {StepPlan.Words(plan.Length!.Value)} of {StepPlan.Words(Sum(plan))} in all steps.",
            StepMeasure.Timeouts => $"By the steps' timeouts: at most {StepPlan.Words(plan.Length!.Value)}.",
            _ => $"By number: {plan.CriticalPath.Length} of {Quantity.Of(plan.Steps.Length, "step")}; with '--durations BUILD.json' of a build that has ended it goes by time.",
        };
    }

    public static JsonObject Json(StepPlan plan) => new()
    {
        ["steps"] = new JsonArray([.. plan.Steps.Select(JsonNode? (step) => new JsonObject
        {
            ["index"] = step.Index,
            ["step"] = step.Label,
            ["image"] = step.Image,
            ["layer"] = step.Layer + 1,
            ["waitsFor"] = Labels(step.WaitsFor, plan),
            ["critical"] = step.Critical,
            ["seconds"] = step.Duration?.TotalSeconds,
        })]),
        ["layers"] = plan.Layers,
        ["atOnce"] = plan.AtOnce,
        ["measure"] = plan.Measure.ToString().ToLowerInvariant(),
        ["criticalPath"] = Labels(plan.CriticalPath, plan),
        ["seconds"] = plan.Length?.TotalSeconds,
    };

    /// <summary>Steps of one layer are held together by a bracket: they can run at the same time.</summary>
    private static IEnumerable<string[]> Rows(PlannedStep[] layer, StepPlan plan, bool timed) => layer.Select((step, row) => (string[])
    [
        row == 0 ? $"{step.Layer + 1}" : "",
        $"{Bracket(row, layer.Length)}{(step.Critical ? OnPath : OffPath)} {step.Label}",
        step.Image,
        .. timed ? [StepPlan.Words(step.Duration!.Value)] : Array.Empty<string>(),
        step.WaitsFor.Length == 0 ? "-" : string.Join(", ", step.WaitsFor.Select(index => plan.Steps[index].Label)),
    ]);

    private static string Bracket(int row, int rows) => rows == 1 ? "  " : row == 0 ? "┌ " : row == rows - 1 ? "└ " : "├ ";

    private static TimeSpan Sum(StepPlan plan) => new(plan.Steps.Sum(step => step.Duration!.Value.Ticks));

    private static JsonArray Labels(IEnumerable<int> indices, StepPlan plan) => new([.. indices.Select(JsonNode? (index) => plan.Steps[index].Label)]);
}

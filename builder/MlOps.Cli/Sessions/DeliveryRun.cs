using System.Collections.Immutable;
using System.Text.Json.Nodes;
using MlOps.Cli.Output;
using MlOps.Cli.Verbs;
using MlOps.Core.Graph;
using MlOps.Core.Problems;
using MlOps.Steps;

namespace MlOps.Cli.Sessions;

/// <summary>Runs chosen steps and reports them.</summary>
internal static class DeliveryRun
{
    public static async Task<int> RunAsync(VerbContext verb, DeliverySession session, ImmutableArray<Step<DeliveryContext>> steps, CancellationToken cancel)
    {
        var report = session.Report;
        var chosen = steps.Select(step => step.Name).ToHashSet(StringComparer.Ordinal);
        // Steps that were left out count as done: their records are in the workspace.
        var graph = new StepGraph<DeliveryContext>(steps.Select(step => step with { Needs = [.. Reachable(step, chosen)], Run = Strictly(step, verb.Report.Strict, report) }));
        using var tracing = Tracing.Start($"mlops {verb.Parsed.CommandResult.Command.Name}");
        await Scheduler.RunAsync(graph, session.Context, report, verb.Time, cancel);
        verb.Report.Result(Result(session.Context, steps));
        if (steps.Length > 1)
        {
            DeliverySummary.Write(verb.Report, session.Context, report.Elapsed);
        }

        return ExitCode.Done;
    }

    /// <summary>Under <c>--strict</c> a step that leaves warnings is the last one.</summary>
    private static Func<DeliveryContext, CancellationToken, Task<StepResult>> Strictly(Step<DeliveryContext> step, bool strict, DeliveryReport report) => async (context, cancel) =>
    {
        var result = await step.Run(context, cancel);
        return !strict || report.Warnings.Count == 0
            ? result
            : throw new InvalidInputException("strict", $"{Quantity.Of(report.Warnings.Count, "warning")} above: under --strict warnings count as errors.");
    };

    /// <summary>What a step waits for among the chosen ones: its needs, and through those that were left out, theirs.</summary>
    private static IEnumerable<string> Reachable(Step<DeliveryContext> step, HashSet<string> chosen) =>
        step.Needs.SelectMany(need => chosen.Contains(need) ? [need] : Reachable(Delivery.Steps[need], chosen)).Distinct(StringComparer.Ordinal);

    /// <summary>The records that the steps left, by step.</summary>
    private static JsonObject Result(DeliveryContext context, ImmutableArray<Step<DeliveryContext>> steps)
    {
        var result = new JsonObject();
        foreach (var step in steps)
        {
            var file = context.Workspace.PathOf((step.Name == "checkout" ? "source" : step.Name) + ".json");
            result[step.Name] = File.Exists(file) ? JsonNode.Parse(File.ReadAllBytes(file)) : null;
        }

        return result;
    }
}

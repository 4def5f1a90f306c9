using System.Text.Json.Nodes;
using MlOps.Core.Files;
using MlOps.Steps.Debug;
using MlOps.Steps.Run;

namespace MlOps.Cli.Output;

/// <summary>A task that is run again, as people read it.</summary>
internal static class DebugReport
{
    private const int MostLines = 200;
    private const int LongestValue = 160;

    public static void WriteTask(Report report, RecordedTask task)
    {
        report.Line($"{task.Name}: {task.Image}, {StateOf(task)}");
        var rows = task.Inputs.Select(pair => new[] { $"  {pair.Key}", Shown(pair.Value) })
            .Concat(task.Detail.Inputs.SelectMany(pair => pair.Value.Artifacts.Select(artifact => new[] { $"  {pair.Key}", artifact.Uri })));
        foreach (var line in Columns.Of(["", ""], rows))
        {
            report.Line(line);
        }
    }

    /// <param name="path">The log's file; null where there is none.</param>
    public static void WriteLog(Report report, string? path)
    {
        if (path is null)
        {
            return;
        }

        var lines = File.ReadLines(path).TakeLast(MostLines + 1).ToArray();
        if (lines.Length > MostLines)
        {
            report.Line($"  | … the whole log: {Places.Relative(path)}");
        }

        foreach (var line in lines.TakeLast(MostLines))
        {
            report.Line($"  | {line}");
        }
    }

    public static void WriteOutcome(Report report, DebugOutcome outcome)
    {
        var then = StateOf(outcome.Task);
        report.Line(then == outcome.State ? $"{outcome.State}, as then" : $"{outcome.State} (then {then})");
        if (outcome.Error is { } error)
        {
            report.Line($"  {error.ReplaceLineEndings("\n  ")}");
        }

        var rows = outcome.Outputs.SelectMany(output => output.IsSame ? [[$"  {output.Name}", "same"]] : output.Differences.Select((line, i) => new[] { i == 0 ? $"  {output.Name}" : "", line }));
        foreach (var line in Columns.Of(["", ""], rows))
        {
            report.Line(line);
        }
    }

    // One line each: text as it is, the rest as JSON.
    private static string Shown(JsonNode? value)
    {
        var text = value is JsonValue scalar && scalar.TryGetValue<string>(out var content) ? content : value?.Readable() ?? "null";
        return (text.Length <= LongestValue ? text : text[..LongestValue] + "…").ReplaceLineEndings("↵");
    }

    private static string StateOf(RecordedTask task) => RunOutcome.StateName(task.Detail.State);
}

using System.Collections.Immutable;
using MlOps.Steps.Project;
using MlOps.Steps.Promotion;

namespace MlOps.Cli.Output;

/// <summary>The board of environments for people.</summary>
internal static class StatusReport
{
    public static void Write(Report report, ImmutableArray<EnvironmentStatus> board, DateTimeOffset now)
    {
        foreach (var line in Columns.Of(["ENVIRONMENT", "RELEASE", "COMMIT", "SINCE", "BY", "TESTS", "RUN"], board.Select(status => Row(status, now))))
        {
            report.Line(line);
        }

        var remarks = board.SelectMany(Remarks).ToArray();
        if (remarks.Length > 0)
        {
            report.Line();
        }

        foreach (var remark in remarks)
        {
            report.Line(remark);
        }
    }

    private static string[] Row(EnvironmentStatus status, DateTimeOffset now) => status.Release is not { } release
        ? [status.Environment, "nothing yet", "", "", "", "", ""]
        :
        [
            status.Environment,
            release.Short,
            $"{(status.Commit is { } commit ? ReleaseReport.Commit(commit, 8) : "")}{(status.Tag is { } tag ? $" {tag}" : "")}",
            status.Since is { } since ? $"{Durations.Text(now - since)} ago" : "",
            Who.Did(status.Action, status.By),
            status.Tests is { } tests ? tests.Failed == 0 ? $"{tests.Passed} ok" : $"{tests.Failed} failed" : "none",
            string.Join(", ", status.Runs.Select(run => $"{run.Pipeline} {run.State}")),
        ];

    private static IEnumerable<string> Remarks(EnvironmentStatus status)
    {
        if (status.Moving is { } moving)
        {
            yield return $"{status.Environment}: {moving}";
        }

        if (status.Hold is { } hold)
        {
            yield return $"{status.Environment}: held by {hold}";
        }

        if (status.Next is { } next)
        {
            yield return $"{status.Environment}: {next.Release.Short} of {next.From} {(next.Waits.IsEmpty ? $"can come: mlops promote {next.Release.Short} --to {status.Environment}" : "waits:")}";
            foreach (var gate in next.Waits)
            {
                yield return $"  {gate.Gate,-10} {gate.Detail}";
            }
        }
    }
}

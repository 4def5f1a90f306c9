using Google.Cloud.CloudBuild.V1;
using MlOps.Cli.Verbs;
using MlOps.Steps.Submit;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace MlOps.Cli.Output;

/// <summary>A build that was watched to its end.</summary>
internal sealed record FollowedBuild(Build Build, StepProgress Steps)
{
    /// <summary>A failed step's own last lines.</summary>
    public IEnumerable<string> TailOf(int? step) => step is not { } index || Steps.TailOf(index) is not { Count: > 0 } tail ? []
        : Steps.Steps.Length > 1 ? tail.Prepend($"{Steps.TitleOf(index)}:") : tail;
}

/// <summary>Shows a build that runs: on a terminal the log, and below it the steps with their times; else the log's lines as they are.</summary>
internal static class BuildScreen
{
    private const int MostSteps = 12;

    /// <param name="quiet">The log is not shown.</param>
    /// <param name="wait">Waits for the end.</param>
    public static async Task<FollowedBuild> FollowAsync(VerbContext verb, Build build, bool quiet, Func<BuildWatcher, CancellationToken, Task<Build>> wait, CancellationToken cancel)
    {
        var steps = new StepProgress(build, verb.Time);
        if (!IsTerminal(verb.Report))
        {
            var plain = new BuildWatcher(line => Take(steps, line, quiet ? _ => { } : shown => verb.Report.Line(shown)), steps.Seen);
            return new FollowedBuild(await wait(plain, cancel), steps);
        }

        return new FollowedBuild(await OnTerminalAsync(AnsiConsole.Console, steps, quiet, wait, cancel), steps);
    }

    private static async Task<Build> OnTerminalAsync(IAnsiConsole console, StepProgress steps, bool quiet, Func<BuildWatcher, CancellationToken, Task<Build>> wait, CancellationToken cancel)
    {
        var lines = new LogLines();
        try
        {
            return await console.Live(Table(steps)).AutoClear(true).StartAsync(async live => await wait(
                new BuildWatcher(line => Take(steps, line, quiet ? _ => { } : lines.Add), seen =>
                {
                    steps.Seen(seen);
                    lines.WriteTo(console);
                    live.UpdateTarget(Table(steps));
                }),
                cancel));
        }
        finally
        {
            lines.WriteTo(console);
            console.Write(Table(steps));
        }
    }

    private static void Take(StepProgress steps, string line, Action<string> show)
    {
        steps.Line(line);
        show(line);
    }

    /// <summary>Not in CI, whose logs keep every frame.</summary>
    private static bool IsTerminal(Report report) =>
        !report.Json && !Console.IsOutputRedirected && AnsiConsole.Profile.Capabilities.Interactive && Environment.GetEnvironmentVariable("CI") is null or "" && Environment.GetEnvironmentVariable("TERM") is not "dumb";

    private static IRenderable Table(StepProgress progress)
    {
        var table = new Table().NoBorder().HideHeaders().AddColumns("", "", "");
        var steps = progress.Steps;
        // Where they do not fit, those that are at work or to come.
        var hidden = Math.Max(0, steps.Length - MostSteps);
        var first = steps.Length <= MostSteps ? 0 : Math.Min(hidden, steps.TakeWhile(step => BuildStates.HasEnded(step.Status)).Count());
        if (first > 0)
        {
            table.AddRow(new Markup("[dim]…[/]"), new Markup($"[dim]{first} ended before[/]"), Text.Empty);
        }

        foreach (var step in steps.Skip(first).Take(MostSteps))
        {
            table.AddRow(new Markup(Mark(step)), new Text(step.Name), new Text(step.Took is { } took ? DeliveryReport.Duration(took) : "", Style.Parse("dim")));
        }

        return table;
    }

    private static string Mark(StepView step) => step.Status switch
    {
        Build.Types.Status.Success => "[green]✓[/]",
        Build.Types.Status.Working => "[yellow]●[/]",
        Build.Types.Status.Queued or Build.Types.Status.Unknown => "[dim]·[/]",
        Build.Types.Status.Cancelled => "[dim]-[/]",
        _ => "[red]✗[/]",
    };
}

using System.Text.RegularExpressions;
using MlOps.Testing;

namespace MlOps.Cli.Tests;

/// <summary>What people read of a delivery, whole; what differs from run to run is replaced by words.</summary>
public sealed partial class ReportTests
{
    // Steps that run side by side would tell in any order.
    private const string Steps = "checkout,build,push,rewrite,compile,upload,run,release";

    [Fact]
    [Trait("speed", "slow")]
    public async Task A_delivery_the_same_again_its_plan_and_its_release()
    {
        Engine.Required();
        using var repo = new SampleRepo();
        var mlops = new Mlops(repo.Root, repo.Home);
        Golden.Matches(Plain(repo, await mlops.RunAsync("ci", "--plan")), "plan.txt");
        Golden.Matches(Plain(repo, await mlops.RunAsync("ci", "--only", Steps)), "delivery.txt");
        Golden.Matches(Plain(repo, await mlops.RunAsync("ci", "--only", Steps)), "delivery-again.txt");
        Golden.Matches(Plain(repo, await mlops.RunAsync("release", "list")), "release-list.txt");
        Golden.Matches(Plain(repo, await mlops.RunAsync("release", "show", repo.Git("rev-parse", "HEAD"))), "release-show.txt");
    }

    private static string Plain(SampleRepo repo, Outcome outcome)
    {
        Assert.True(outcome.ExitCode == 0, outcome.All);
        var commit = repo.Git("rev-parse", "HEAD");
        var text = string.Join('\n', outcome.Output.Split('\n').Where(line => !Progress().IsMatch(line)));
        text = text.Replace(commit, "COMMIT", StringComparison.Ordinal).Replace(commit[..12], "COMMIT", StringComparison.Ordinal).Replace(commit[..8], "COMMIT", StringComparison.Ordinal).Replace(commit[..7], "COMMIT", StringComparison.Ordinal);
        text = Job().Replace(text, "JOB");
        text = Hex().Replace(text, "DIGEST");
        text = Moment().Replace(text, "MOMENT");
        text = Seconds().Replace(text, "TIME");
        text = Megabytes().Replace(text, "SIZE");
        return Version().Replace(text, "mlops VERSION");
    }

    // How often a run is looked at depends on the machine.
    [GeneratedRegex(@"^run +greet: hello (running|succeeded)|^push +hello: (pushing: |\d+ layer)")]
    private static partial Regex Progress();

    [GeneratedRegex(@"greet-[0-9a-f]{12}-1")]
    private static partial Regex Job();

    [GeneratedRegex(@"[0-9a-f]{64}|[0-9a-f]{12}")]
    private static partial Regex Hex();

    [GeneratedRegex(@"\d{4}-\d\d-\d\d \d\d:\d\d(:\d\d)?")]
    private static partial Regex Moment();

    [GeneratedRegex(@"\d+\.\d+ s\b|\d+ min \d\d s")]
    private static partial Regex Seconds();

    [GeneratedRegex(@"\d+\.\d+ MB")]
    private static partial Regex Megabytes();

    [GeneratedRegex(@"mlops \d+\.\d+\.\d+\S*")]
    private static partial Regex Version();
}

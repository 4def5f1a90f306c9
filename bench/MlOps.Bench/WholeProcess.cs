using System.Globalization;
using MlOps.Testing;

namespace MlOps.Bench;

/// <summary>The figures of docs/performance.md, measured on the built command.</summary>
internal static class WholeProcess
{
    private static readonly string Mlops = Path.Combine(Shared.Checkout(), "out", "mlops");

    /// <param name="only">Rows with this in their name; what they need is prepared all the same.</param>
    /// <param name="copies">The rows of copies between registries, and nothing else is prepared.</param>
    public static async Task RunAsync(TextWriter output, string only, bool copies, CancellationToken cancel)
    {
        await output.WriteLineAsync("| what | aim | median | against | ratio |\n|---|---|---|---|---|");
        foreach (var row in (copies ? Copies() : Rows()).Where(row => row.What.Contains(only, StringComparison.Ordinal)))
        {
            cancel.ThrowIfCancellationRequested();
            await output.WriteLineAsync(Measure(row));
            await output.FlushAsync(cancel);
        }
    }

    /// <param name="Ours">One run of ours; what it needs is prepared before.</param>
    /// <param name="Theirs">One run of what users would use instead, or null.</param>
    internal sealed record Row(string What, string Aim, int Runs, Func<TimeSpan> Ours, string? Against = null, Func<TimeSpan>? Theirs = null)
    {
        /// <summary>Told after the runs, where there is nothing to compare with.</summary>
        public Func<string>? Remark { get; init; }
    }

    private static IEnumerable<Row> Rows()
    {
        using var sample = new SampleRepo();
        var home = new Dictionary<string, string> { ["MLOPS_HOME"] = sample.Home };
        TimeSpan Run(params string[] arguments) => Timing.Of(sample.Root, home, Mlops, arguments);

        yield return new Row("`mlops --version`", "≤ 120 ms", 9, () => Run("--version"), "`dotnet --version`", () => Timing.Of(sample.Root, home, "dotnet", "--version"));
        var template = Path.Combine(Shared.Checkout(), "templates", "wildlife-strikes");
        yield return new Row("`mlops compile` of the template's pipeline", "≤ 120 ms", 9, () => Timing.Of(template, home, Mlops, "compile", "pipelines/training.yaml", "--allow-tags", "--out-dir", sample.Home));
        yield return new Row("`mlops config parse` of 1,000 cloudbuild files", "≤ 1.5 s", 5, () => ConfigRows.ByMlops(Mlops), "gcloud's library on its Python", ConfigRows.ByGcloudsLibrary);
        Run("ci", "--env", "local");
        yield return new Row("`mlops ci` with nothing changed", "≤ 2 s", 5, () => Run("ci", "--env", "local"));

        using var many = LargeRepo.OfComponents(1_000);
        yield return new Row("`mlops rewrite` of 1,000 component.yaml", "≤ 1 s", 5, () => Timing.Of(many.Root, home, Mlops, "rewrite"));
        using var large = LargeRepo.OfFiles(500, 10_000);
        yield return new Row("`mlops ci --plan` over 10,000 files, 500 components", "≤ 1 s", 5, () => Timing.Of(large.Root, home, Mlops, "ci", "--plan"));

        using var images = LargeRepo.OfImages(5);
        yield return new Row("`mlops build` of five images", "≤ 1.0", 5, () => images.StepByMlops(Mlops), "five `docker build` side by side", images.BuildByDocker);
        yield return new Row("the builds in it", "≤ 1.0", 5, () => images.BuildsByMlops(Mlops), "the same", images.BuildByDocker);

        var pipelines = new PipelineRows(sample, Mlops, home);
        TimeSpan TenContainers() => Timing.Of(sample.Root, home, "sh", "-c", "for i in 1 2 3 4 5 6 7 8 9 10; do docker run --rm busybox:1.36 true || exit 1; done");

        // The engine runs already when docker is called, so does the cloud.
        Run("cloud", "up");
        yield return new Row("a chain of 10 tasks that do nothing", "≤ 1.0", 5, pipelines.Chain, "ten `docker run --rm` in a row", TenContainers);
        foreach (var row in pipelines.Rows())
        {
            yield return row;
        }

        using (var copies = new CopyRows(sample.Home, Mlops))
        {
            foreach (var row in copies.Rows())
            {
                yield return row;
            }
        }

        using var status = new StatusRows(Mlops, sample.Home);
        foreach (var row in status.Rows())
        {
            yield return row;
        }

        using var builds = new CloudBuildRows(sample.Home);
        yield return new Row("a build of 10 steps that do nothing", "≤ 1.3", 5, () => builds.NoOps(10, sideBySide: false), "ten `docker run --rm` in a row", TenContainers);
        yield return new Row("the same side by side", "≤ 0.7", 5, () => builds.NoOps(10, sideBySide: true), "one after another", () => builds.NoOps(10, sideBySide: false));
        yield return new Row("a build from its request to its first line", "≤ 500 ms", 9, builds.ToFirstLine);
        yield return Growing("200 queued builds", "memory flat", () => builds.Queued(200));
        yield return Growing("a step printing 100 MB", "≤ 2 s, memory flat", builds.HundredMegabytes);
        Run("cloud", "down");
    }

    private static IEnumerable<Row> Copies()
    {
        using var home = new TemporaryFolder();
        Dictionary<string, string> environment = new() { ["MLOPS_HOME"] = home.Path };
        Timing.Of(home.Path, environment, Mlops, "cloud", "up");
        using (var copies = new CopyRows(home.Path, Mlops))
        {
            foreach (var row in copies.Rows())
            {
                yield return row;
            }
        }

        Timing.Of(home.Path, environment, Mlops, "cloud", "down");
    }

    /// <summary>Once, with what the cloud's memory grew by in place of the other's name.</summary>
    private static Row Growing(string what, string aim, Func<(TimeSpan Took, double Grown)> run)
    {
        var grown = 0.0;
        TimeSpan Took()
        {
            (var took, grown) = run();
            return took;
        }

        return new Row(what, aim, 1, Took) { Remark = () => string.Create(CultureInfo.InvariantCulture, $"memory {grown:+0;-0;0} MB") };
    }

    private static string Measure(Row row)
    {
        row.Ours();
        row.Theirs?.Invoke();
        var pairs = Enumerable.Range(0, row.Runs).Select(_ => (Ours: row.Ours().TotalMilliseconds, Theirs: row.Theirs?.Invoke().TotalMilliseconds ?? double.NaN)).ToArray();
        var ratio = row.Theirs is null ? "" : Timing.Median(pairs.Select(pair => pair.Ours / pair.Theirs)).ToString("0.00", CultureInfo.InvariantCulture);
        return string.Create(CultureInfo.InvariantCulture, $"| {row.What} | {row.Aim} | {Timing.Median(pairs.Select(pair => pair.Ours)):0} ms | {row.Against ?? row.Remark?.Invoke()} | {ratio} |");
    }
}

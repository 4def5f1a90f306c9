using System.Collections.Immutable;
using System.Globalization;
using MlOps.Steps.Project;
using MlOps.Steps.Trace;
using Spectre.Console;

namespace MlOps.Cli.Output;

/// <summary>The chains of releases as trees: the commit on top, below it what came of it.</summary>
internal static class TraceReport
{
    public static void Write(Report report, ImmutableArray<ReleaseTrace> traces, DateTimeOffset now)
    {
        foreach (var trace in traces)
        {
            Lines(trace, now).ToList().ForEach(report.Line);
            report.Line();
        }
    }

    internal static IEnumerable<string> Lines(ReleaseTrace trace, DateTimeOffset now)
    {
        var tree = new Tree(Text($"commit {trace.Commit} of {trace.Repo}{Sources(trace)}")) { Guide = TreeGuide.Line };
        var release = tree.AddNode(Text($"release {trace.Release.Short}{(trace.Asked.StartsWith("release", StringComparison.Ordinal) || trace.Asked.StartsWith("commit", StringComparison.Ordinal) ? "" : $", by its {trace.Asked}")}"));
        foreach (var build in trace.Builds)
        {
            release.AddNode(Text($"built {Time(build.Time)} for {build.Environment} by mlops {build.ToolkitVersion}{(build.Build is { } name ? $", {name}" : "")}"));
        }

        if (trace.Tests is { } tests)
        {
            release.AddNode(Text($"tests: {tests.Passed} passed, {tests.Failed} failed, {tests.Skipped} skipped"));
        }

        foreach (var image in trace.Images)
        {
            Add(release, $"image {image.Component} sha256:{image.Digest.Short}", image.Names.Select(name => name[..name.IndexOf('@', StringComparison.Ordinal)]));
        }

        foreach (var pipeline in trace.Pipelines)
        {
            Add(release, $"pipeline {pipeline.Pipeline} sha256:{pipeline.Sha256.Short}", pipeline.Uploads.Select(upload => $"{upload.Key}: {upload.Value}"));
        }

        foreach (var run in trace.Runs)
        {
            Add(release, $"run in {run.Environment}: {run.Pipeline} {run.State} {run.Job[(run.Job.LastIndexOf('/') + 1)..]}", run.Models.Select(model => $"model of {model.Task}: {model.Uri}"));
        }

        foreach (var stay in trace.Environments)
        {
            release.AddNode(Text(Stay(stay, now)));
        }

        return PlainText.Of(tree);
    }

    private static string Stay(TracedStay stay, DateTimeOffset now)
    {
        var how = $"{Who.Did(stay.Action, stay.By)}{(stay.Why is { Length: > 0 } why ? $": {why}" : "")}";
        return stay.Until is { } until
            ? $"{stay.Environment} ran it from {Time(stay.Since)} ({how}) to {Time(until)} ({stay.LeftBy})"
            : $"{stay.Environment} runs it since {Time(stay.Since)}, for {Durations.Text(now - stay.Since)} ({how})";
    }

    private static string Sources(ReleaseTrace trace)
    {
        var names = trace.Sources.SelectMany(source => new[] { source.Branch, source.Tag }).OfType<string>().Distinct(StringComparer.Ordinal).ToArray();
        return $"{(names.Length > 0 ? $" ({string.Join(", ", names)})" : "")}{(trace.Sources.IsEmpty ? "" : $" by {trace.Sources[0].Author}, {Time(trace.Sources[0].CommitTime)}")}";
    }

    private static void Add(TreeNode to, string text, IEnumerable<string> below)
    {
        var node = to.AddNode(Text(text));
        foreach (var line in below)
        {
            node.AddNode(Text(line));
        }
    }

    private static Text Text(string text) => new(text);

    private static string Time(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd HH:mm 'UTC'", CultureInfo.InvariantCulture);
}

using System.Collections.Immutable;
using Google.Cloud.CloudBuild.V1;
using MlOps.Core.Drawing;
using TimeSpan = System.TimeSpan;

namespace MlOps.CloudBuild.Graph;

/// <summary>What a critical path is measured by.</summary>
public enum StepMeasure
{
    /// <summary>Each step counts one.</summary>
    Steps,

    /// <summary>Every step has a timeout: the longest that the build can take.</summary>
    Timeouts,

    /// <summary>What the steps took in a build that has ended.</summary>
    Timings,
}

/// <param name="Label">The step's id; <c>#3</c> for one without.</param>
/// <param name="WaitsFor">Indices of the steps that it waits for and no other of them waits for already.</param>
/// <param name="Layer">From 0; steps of one layer can run at the same time.</param>
/// <param name="Duration">Null where steps are counted.</param>
/// <param name="Critical">On the path that decides how long the build takes.</param>
public sealed record PlannedStep(int Index, string Label, string Image, ImmutableArray<int> WaitsFor, int Layer, TimeSpan? Duration, bool Critical);

/// <summary>The order in which a build's steps can run.</summary>
/// <param name="CriticalPath">Indices of the steps whose times add up to the most.</param>
/// <param name="Length">Of the critical path; null where steps are counted.</param>
/// <param name="AtOnce">How many steps can run at the same time at most.</param>
public sealed record StepPlan(ImmutableArray<PlannedStep> Steps, StepMeasure Measure, ImmutableArray<int> CriticalPath, TimeSpan? Length, int AtOnce)
{
    public int Layers => Steps.Select(step => step.Layer + 1).DefaultIfEmpty(0).Max();

    /// <param name="timings">From <see cref="StepTimings"/>; null: by timeouts where every step has one, else by number.</param>
    public static StepPlan Of(Build build, ImmutableArray<TimeSpan>? timings = null)
    {
        var dependencies = StepDependencies.Of(build);
        var closure = Closure(dependencies);
        var waits = dependencies.Select(list => list.Where(from => !list.Any(other => closure[other].Contains(from))).ToImmutableArray()).ToImmutableArray();
        var measure = timings is not null ? StepMeasure.Timings : build.Steps.All(step => step.Timeout is not null) ? StepMeasure.Timeouts : StepMeasure.Steps;
        var durations = build.Steps.Select((step, index) => measure switch
        {
            StepMeasure.Timings => timings!.Value[index],
            StepMeasure.Timeouts => step.Timeout.ToTimeSpan(),
            _ => TimeSpan.FromSeconds(1),
        }).ToArray();
        var path = LongestPath(waits, durations);
        var layers = LayeredLayout.Layers(build.Steps.Count, Edges(waits));
        return new StepPlan(
            [.. build.Steps.Select((step, index) => new PlannedStep(index, Label(step, index), step.Name, waits[index], layers[index], measure == StepMeasure.Steps ? null : durations[index], path.Contains(index)))],
            measure,
            path,
            measure == StepMeasure.Steps ? null : new TimeSpan(path.Sum(index => durations[index].Ticks)),
            Antichain.Largest(closure));
    }

    public GraphPicture Picture(string title) => new(
        title,
        [.. Steps.Select(step => new PictureNode(step.Label, step.Duration is { } took ? [step.Image, Words(took)] : [step.Image], step.Critical))],
        [.. Edges([.. Steps.Select(step => step.WaitsFor)]).Select(edge => new PictureEdge(edge.From, edge.To, Follows(edge.From, edge.To)))]);

    /// <summary><c>45 s</c>, <c>3 min 05 s</c>, <c>1 h 00 min</c></summary>
    public static string Words(TimeSpan time) => FormattableString.Invariant(time.TotalMinutes < 1 ? $"{time.TotalSeconds:0.###} s" : time.TotalHours < 1 ? (FormattableString)$"{time.Minutes} min {time.Seconds:00} s" : $"{(int)time.TotalHours} h {time.Minutes:00} min");

    private static string Label(BuildStep step, int index) => step.Id.Length > 0 ? step.Id : $"#{index}";

    private bool Follows(int from, int to) => CriticalPath.IndexOf(from) is var at and >= 0 && at + 1 < CriticalPath.Length && CriticalPath[at + 1] == to;

    private static (int From, int To)[] Edges(ImmutableArray<ImmutableArray<int>> waits) =>
        [.. waits.SelectMany((list, to) => list.Select(from => (from, to)))];

    /// <summary>For each step all that must have ended before it, directly or not.</summary>
    private static ImmutableArray<HashSet<int>> Closure(ImmutableArray<ImmutableArray<int>> dependencies)
    {
        var closure = ImmutableArray.CreateBuilder<HashSet<int>>(dependencies.Length);
        foreach (var list in dependencies)
        {
            // Only earlier steps can be waited for, so theirs are known.
            closure.Add([.. list, .. list.SelectMany(from => closure[from])]);
        }

        return closure.MoveToImmutable();
    }

    private static ImmutableArray<int> LongestPath(ImmutableArray<ImmutableArray<int>> waits, TimeSpan[] durations)
    {
        var ends = new TimeSpan[waits.Length];
        var before = new int[waits.Length];
        for (var index = 0; index < waits.Length; index++)
        {
            before[index] = waits[index].Length == 0 ? -1 : waits[index].MaxBy(from => ends[from]);
            ends[index] = durations[index] + (before[index] < 0 ? TimeSpan.Zero : ends[before[index]]);
        }

        var path = new List<int>();
        for (var index = waits.Length == 0 ? -1 : Enumerable.Range(0, waits.Length).MaxBy(index => ends[index]); index >= 0; index = before[index])
        {
            path.Add(index);
        }

        path.Reverse();
        return [.. path];
    }
}

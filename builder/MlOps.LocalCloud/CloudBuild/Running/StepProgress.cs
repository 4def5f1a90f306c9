using System.Collections.Immutable;
using Google.Cloud.CloudBuild.V1;
using MlOps.CloudBuild.Graph;
using Status = Google.Cloud.CloudBuild.V1.Build.Types.Status;

namespace MlOps.LocalCloud.CloudBuild.Running;

/// <summary>How a step ended.</summary>
/// <param name="Status">SUCCESS, FAILURE, TIMEOUT or CANCELLED.</param>
/// <param name="ExitCode">0 where it has none.</param>
/// <param name="Fault">What stands after <c>build step N "IMAGE" failed: </c>; empty for a success.</param>
internal sealed record StepEnd(Status Status, int ExitCode, string Fault)
{
    public static readonly StepEnd Success = new(Status.Success, 0, "");

    public static StepEnd Exited(long code) => code == 0 ? Success : new(Status.Failure, (int)code, $"step exited with non-zero status: {code}");

    public static StepEnd Failed(string fault) => new(Status.Failure, 0, fault);
}

/// <summary>Where a build stands: what each step does, and with that what may start. No clock, no engine.</summary>
internal sealed record StepProgress
{
    private readonly ImmutableArray<BuildStep> _steps;
    private readonly ImmutableArray<ImmutableArray<int>> _waitsFor;

    private StepProgress(Build build)
    {
        _steps = [.. build.Steps];
        _waitsFor = StepDependencies.Of(build);
        Statuses = [.. build.Steps.Select(_ => Status.Queued)];
        Passed = [.. build.Steps.Select(_ => false)];
    }

    public static StepProgress Of(Build build) => new(build);

    /// <summary>QUEUED, WORKING, or how it ended. A step that never starts stays QUEUED.</summary>
    public ImmutableArray<Status> Statuses { get; private init; }

    /// <summary>The step that made the build fail, with how it ended; null while none has.</summary>
    public (int Index, StepEnd End)? Failure { get; private init; }

    /// <summary>Nothing starts any more.</summary>
    public bool IsHalted { get; private init; }

    /// <summary>Nothing runs, and nothing will.</summary>
    public bool IsOver => !Statuses.Contains(Status.Working) && (IsHalted || !Statuses.Contains(Status.Queued));

    /// <summary>The steps that may start now, in the file's order.</summary>
    public IEnumerable<int> Startable => IsHalted ? [] : Queued.Where(step => _waitsFor[step].All(earlier => Passed[earlier]));

    /// <summary>The steps that could start if those that run end well: worth being prepared.</summary>
    public IEnumerable<int> Next => IsHalted ? [] : Queued.Where(step => _waitsFor[step].All(earlier => Passed[earlier] || Statuses[earlier] == Status.Working));

    /// <summary>Those that ended well, or badly and are allowed to.</summary>
    private ImmutableArray<bool> Passed { get; init; }

    private IEnumerable<int> Queued => Enumerable.Range(0, Statuses.Length).Where(step => Statuses[step] == Status.Queued);

    public StepProgress Started(int step) => this with { Statuses = Statuses.SetItem(step, Status.Working) };

    /// <summary>The first step that ends badly, without being allowed to, halts the build.</summary>
    public StepProgress Ended(int step, StepEnd end)
    {
        var passed = Passes(_steps[step], end);
        return this with
        {
            Statuses = Statuses.SetItem(step, end.Status),
            Passed = Passed.SetItem(step, passed),
            Failure = Failure ?? (passed || IsHalted ? null : (step, end)),
            IsHalted = IsHalted || !passed,
        };
    }

    /// <summary>The build is cancelled, or its time is over.</summary>
    public StepProgress Halted() => this with { IsHalted = true };

    /// <summary><c>allowExitCodes</c> counts before <c>allowFailure</c> (cloudbuild.proto).</summary>
    private static bool Passes(BuildStep step, StepEnd end) => end.Status switch
    {
        Status.Success => true,
        Status.Cancelled => false,
        _ when step.AllowExitCodes.Count > 0 => end.ExitCode != 0 && step.AllowExitCodes.Contains(end.ExitCode),
        _ => step.AllowFailure,
    };
}

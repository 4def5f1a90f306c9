using System.Collections.Immutable;
using CsCheck;
using Google.Cloud.CloudBuild.V1;
using MlOps.CloudBuild.Graph;
using MlOps.LocalCloud.CloudBuild.Running;
using Status = Google.Cloud.CloudBuild.V1.Build.Types.Status;

namespace MlOps.LocalCloud.Tests.CloudBuild.Running;

/// <summary>Whatever the steps wait for and however they end.</summary>
public sealed class StepProgressTests
{
    private static readonly Gen<BuildStep> Step = Gen.Select(Gen.Int[0, 3].Array[0, 3], Gen.Bool, Gen.Bool, Gen.Int[1, 3].Array[0, 2]).Select((back, atOnce, allowed, codes) =>
    {
        var step = new BuildStep { AllowFailure = allowed };
        step.AllowExitCodes.Add(codes);
        step.WaitFor.Add(atOnce ? [StepDependencies.AtOnce] : back.Select(number => $"s{number}"));
        return step;
    });

    private static readonly Gen<Build> Builds = Step.Array[1, 8].Select(steps =>
    {
        var build = new Build();
        foreach (var (index, step) in steps.Index())
        {
            step.Id = $"s{index}";
            build.Steps.Add(step);
        }

        return build;
    });

    private static readonly Gen<StepEnd> Ends = Gen.Frequency(
        (6, Gen.Const(StepEnd.Success)),
        (3, Gen.Int[1, 3].Select(code => StepEnd.Exited(code))),
        (1, Gen.Const(new StepEnd(Status.Timeout, 0, "context deadline exceeded"))));

    [Fact]
    public void A_step_starts_once_and_only_when_all_that_it_waits_for_have_passed_and_every_build_ends() => Gen.Select(Builds, Ends.Array[8], Gen.Int[0, 100].Array[8]).Sample((build, ends, order) =>
    {
        var waitsFor = StepDependencies.Of(build);
        var progress = StepProgress.Of(build);
        var (running, started, passed) = (new List<int>(), new HashSet<int>(), new HashSet<int>());
        for (var turn = 0; !progress.IsOver; turn++)
        {
            foreach (var step in progress.Startable.ToList())
            {
                Assert.Null(progress.Failure);
                Assert.True(started.Add(step));
                Assert.Subset(passed, waitsFor[step].ToHashSet());
                progress = progress.Started(step);
                running.Add(step);
            }

            Assert.NotEmpty(running);
            var ended = running[order[turn] % running.Count];
            running.Remove(ended);
            progress = progress.Ended(ended, ends[ended]);
            if (Allows(build.Steps[ended], ends[ended]))
            {
                passed.Add(ended);
            }
        }

        Assert.Equal(started.Count < build.Steps.Count || started.Any(step => !Allows(build.Steps[step], ends[step])), progress.Failure is not null);
        Assert.All(build.Steps.Select((_, step) => step), step => Assert.Equal(started.Contains(step) ? ends[step].Status : Status.Queued, progress.Statuses[step]));
    });

    [Fact]
    public void Nothing_starts_after_a_halt_and_no_failure_is_told_for_what_the_halt_stopped() => Gen.Select(Builds, Gen.Int[0, 7]).Sample((build, steps) =>
    {
        var progress = StepProgress.Of(build);
        for (var i = 0; i < steps && progress.Startable.Any(); i++)
        {
            progress = progress.Started(progress.Startable.First());
        }

        progress = progress.Halted();
        Assert.Empty(progress.Startable);
        Assert.Empty(progress.Next);
        foreach (var step in Enumerable.Range(0, build.Steps.Count).Where(step => progress.Statuses[step] == Status.Working).ToImmutableArray())
        {
            Assert.False(progress.IsOver);
            progress = progress.Ended(step, new StepEnd(Status.Cancelled, 0, "context canceled"));
        }

        Assert.True(progress.IsOver);
        Assert.Null(progress.Failure);
    });

    [Fact]
    public void What_could_start_next_is_what_starts_when_all_that_runs_ends_well() => Builds.Sample(build =>
    {
        var progress = StepProgress.Of(build);
        foreach (var step in progress.Startable.ToList())
        {
            progress = progress.Started(step);
        }

        var next = progress.Next.ToList();
        foreach (var step in Enumerable.Range(0, build.Steps.Count).Where(step => progress.Statuses[step] == Status.Working).ToList())
        {
            progress = progress.Ended(step, StepEnd.Success);
        }

        Assert.Equal(next, progress.Startable);
    });

    // The rule once more: codes count before allowFailure; a step that timed out has none.
    private static bool Allows(BuildStep step, StepEnd end) =>
        end.Status == Status.Success || (step.AllowExitCodes.Count > 0 ? end.Status == Status.Failure && step.AllowExitCodes.Contains(end.ExitCode) : step.AllowFailure);
}

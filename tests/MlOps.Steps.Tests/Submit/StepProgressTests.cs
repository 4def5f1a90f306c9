using Google.Cloud.CloudBuild.V1;
using Google.Protobuf.WellKnownTypes;
using Microsoft.Extensions.Time.Testing;
using MlOps.Steps.Submit;
using static Google.Cloud.CloudBuild.V1.Build.Types;
using BuildMessage = Google.Cloud.CloudBuild.V1.Build;

namespace MlOps.Steps.Tests.Submit;

public sealed class StepProgressTests
{
    private readonly FakeTimeProvider _time = new();

    [Fact]
    public void Steps_are_followed_by_the_log()
    {
        var progress = new StepProgress(Build("build", "test", ""), _time);
        Tell(progress, "BUILD", "Starting Step #0 - \"build\"", "Step #0 - \"build\": one");
        _time.Advance(System.TimeSpan.FromSeconds(3));
        Tell(progress, "Finished Step #0 - \"build\"", "Starting Step #1 - \"test\"", "Starting Step #2", "Step #2: two: three", "Step #1 - \"test\": Starting Step #0 - \"build\"");
        Assert.Equal([Status.Success, Status.Working, Status.Working], progress.Steps.Select(step => step.Status));
        Assert.Equal(["build", "test", "busybox"], progress.Steps.Select(step => step.Name));
        Assert.Equal(3, progress.Steps[0].Took!.Value.TotalSeconds);
        Assert.Equal(["one"], progress.TailOf(0));
        Assert.Equal(["two: three"], progress.TailOf(2));
    }

    [Fact]
    public void The_only_step_has_no_prefix_and_ends_with_the_phase()
    {
        var progress = new StepProgress(Build(""), _time);
        Tell(progress, "FETCHSOURCE", "fetched", "BUILD", "Already have image: busybox", "hello", "PUSH", "DONE");
        Assert.Equal(Status.Success, progress.Steps[0].Status);
        Assert.Equal(["hello"], progress.TailOf(0));
    }

    [Fact]
    public void Only_the_last_lines_are_kept()
    {
        var progress = new StepProgress(Build("a", "b"), _time);
        Tell(progress, [.. Enumerable.Range(1, 100).Select(number => $"Step #1 - \"b\": {number}")]);
        Assert.Equal(Enumerable.Range(81, 20).Select(number => $"{number}"), progress.TailOf(1));
    }

    [Fact]
    public void The_service_s_word_counts_more_than_the_log()
    {
        var progress = new StepProgress(Build("a", "b"), _time);
        Tell(progress, "Starting Step #0 - \"a\"", "Finished Step #0 - \"a\"");
        var build = Build("a", "b");
        (build.Steps[0].Status, build.Steps[1].Status) = (Status.Failure, Status.Cancelled);
        build.Steps[0].Timing = new() { StartTime = new Timestamp { Seconds = 10 }, EndTime = new Timestamp { Seconds = 15 } };
        progress.Seen(build);
        Assert.Equal([Status.Failure, Status.Cancelled], progress.Steps.Select(step => step.Status));
        Assert.Equal(5, progress.Steps[0].Took!.Value.TotalSeconds);
    }

    [Theory]
    [InlineData("Build step failure: build step 1 \"x\" failed: step exited with non-zero status: 3", 1)]
    [InlineData("failed to find one or more images after execution of build steps: [\"x\"]", null)]
    [InlineData("Build step failure: build step 7 \"x\" failed", null)]
    public void The_step_that_a_build_failed_by_is_named_by_the_failure(string detail, int? step)
    {
        var build = Build("a", "b");
        (build.Status, build.FailureInfo) = (Status.Failure, new() { Detail = detail });
        Assert.Equal(step, new BuildOutcome(build).FailedStep);
    }

    [Fact]
    public void A_step_that_may_fail_is_not_what_a_build_failed_by()
    {
        var build = Build("a", "b");
        (build.Status, build.Steps[0].Status, build.Steps[0].AllowFailure, build.Steps[1].Status) = (Status.Timeout, Status.Failure, true, Status.Timeout);
        Assert.Equal(1, new BuildOutcome(build).FailedStep);
        build.Status = Status.Success;
        Assert.Null(new BuildOutcome(build).FailedStep);
    }

    private static BuildMessage Build(params string[] ids) => new() { Steps = { ids.Select(id => new BuildStep { Id = id, Name = "busybox" }) } };

    private static void Tell(StepProgress progress, params string[] lines) => Array.ForEach(lines, progress.Line);
}

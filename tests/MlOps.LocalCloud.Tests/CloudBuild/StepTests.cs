using Google.Cloud.CloudBuild.V1;
using Google.Protobuf.WellKnownTypes;
using static MlOps.LocalCloud.Tests.CloudBuild.TestBuilds;
using FailureType = Google.Cloud.CloudBuild.V1.Build.Types.FailureInfo.Types.FailureType;
using Status = Google.Cloud.CloudBuild.V1.Build.Types.Status;
using TimeSpan = System.TimeSpan;

namespace MlOps.LocalCloud.Tests.CloudBuild;

/// <summary>What a step sees, over real containers.</summary>
public sealed class StepTests(TestBuilds builds) : IClassFixture<TestBuilds>
{
    [Fact]
    public async Task A_build_of_one_step_logs_its_lines_as_they_are()
    {
        var (build, log) = await builds.SucceedAsync(Shell("echo out; echo err >&2; printf tail"));

        Assert.StartsWith($"starting build \"{build.Id}\"\n\nFETCHSOURCE\nBUILD\nAlready have image: busybox:1.36", log);
        Assert.Contains("\nout\n", log);
        Assert.Contains("err\n", log);
        Assert.EndsWith("tail\nPUSH\nDONE\n", log);
        Assert.Equal(Status.Success, build.Steps[0].Status);
        Assert.True(build.Steps[0].Timing.EndTime >= build.Steps[0].Timing.StartTime);
        Assert.NotNull(build.Steps[0].PullTiming);
        Assert.True(build.FinishTime >= build.StartTime && build.StartTime >= build.CreateTime);
        Assert.Equal(["BUILD", "SETUPBUILD"], build.Timing.Keys.Order());
        Assert.StartsWith("sha256:", Assert.Single(build.Results.BuildStepImages));
        Assert.Empty(await builds.LeftAsync(build));
    }

    [Fact]
    public async Task Steps_share_the_workspace_and_home_and_have_results_of_their_own()
    {
        var (build, log) = await builds.SucceedAsync(new Build
        {
            Steps =
            {
                ShellStep("echo $PWD $HOME; echo 1 > file; echo 2 > $HOME/file; echo first > $BUILDER_OUTPUT/output", "make"),
                ShellStep("cat file /builder/home/file; ls $BUILDER_OUTPUT | wc -l; ls -ld $BUILDER_OUTPUT"),
                ShellStep("head -c 60000 /dev/zero > $BUILDER_OUTPUT/output"),
            },
        });

        Assert.Contains("BUILD\nStarting Step #0 - \"make\"\nStep #0 - \"make\": Already have image: busybox:1.36", log);
        Assert.Contains("\nStep #0 - \"make\": /workspace /builder/home\nFinished Step #0 - \"make\"\nStarting Step #1\n", log);
        Assert.Contains("Step #1: 1\nStep #1: 2\nStep #1: 0\n", log);
        Assert.Equal("first\n", build.Results.BuildStepOutputs[0].ToStringUtf8());
        Assert.Empty(build.Results.BuildStepOutputs[1]);
        Assert.Equal(50 * 1024, build.Results.BuildStepOutputs[2].Length);
    }

    [Fact]
    public async Task Variables_of_a_step_count_before_those_of_the_build()
    {
        var build = new Build { Options = new BuildOptions { Env = { "A=build", "B=build=b", "HOME=/tmp" } }, Steps = { ShellStep("echo [$A] [$B] [$HOME] [$BUILDER_OUTPUT]") } };
        build.Steps[0].Env.Add("A=step");

        var (_, log) = await builds.SucceedAsync(build);

        Assert.Contains("[step] [build=b] [/tmp] [/builder/outputs]\n", log);
    }

    [Fact]
    public async Task A_directory_is_below_the_workspace_unless_it_is_absolute_and_made_where_it_is_missing()
    {
        var (relative, absolute) = (ShellStep("pwd; touch here"), ShellStep("pwd; ls /workspace/a/b"));
        (relative.Dir, absolute.Dir) = ("a/./c/../b", "/opt/x");

        var (_, log) = await builds.SucceedAsync(new Build { Steps = { relative, absolute } });

        Assert.Contains("Step #0: /workspace/a/b\n", log);
        Assert.Contains("Step #1: /opt/x\nStep #1: here\n", log);
    }

    [Fact]
    public async Task A_script_runs_under_sh_or_under_what_its_first_line_names_and_is_not_substituted()
    {
        var build = new Build
        {
            Substitutions = { ["_X"] = "value" },
            Options = new BuildOptions { AutomapSubstitutions = true, SubstitutionOption = BuildOptions.Types.SubstitutionOption.AllowLoose },
            Steps =
            {
                new BuildStep { Name = Image, Script = "set -e\necho \"$0 $_X $(pwd)\"\nfor i in 1 2; do echo $i; done" },
                new BuildStep { Name = Image, Script = "#!/bin/cat\nnot a shell's", Dir = "sub" },
            },
        };

        var (_, log) = await builds.SucceedAsync(build);

        Assert.Contains("Step #0: /builder/scripts/step-0 value /workspace\nStep #0: 1\nStep #0: 2\n", log);
        Assert.Contains("Step #1: #!/bin/cat\nStep #1: not a shell's\n", log);
    }

    [Fact]
    public async Task A_named_volume_is_shared_and_goes_with_the_build()
    {
        var (one, two) = (ShellStep("echo kept > /cache/x"), ShellStep("cat /other/x"));
        one.Volumes.Add(new Volume { Name = "cache", Path = "/cache" });
        two.Volumes.Add(new Volume { Name = "cache", Path = "/other" });

        var (build, log) = await builds.SucceedAsync(new Build { Steps = { one, two } });

        Assert.Contains("Step #1: kept\n", log);
        Assert.Empty(await builds.LeftAsync(build));
    }

    [Fact]
    public async Task A_failing_step_ends_the_build_and_its_words_are_Clouds()
    {
        var (build, log) = await builds.RunAsync(new Build { Steps = { ShellStep("exit 3", "bad"), ShellStep("echo never") } });

        Assert.Equal(Status.Failure, build.Status);
        Assert.Equal([Status.Failure, Status.Queued], build.Steps.Select(step => step.Status));
        Assert.Equal(3, build.Steps[0].ExitCode);
        Assert.Equal(FailureType.UserBuildStep, build.FailureInfo.Type);
        Assert.Equal("Build step failure: build step 0 \"busybox:1.36\" failed: step exited with non-zero status: 3", build.FailureInfo.Detail);
        Assert.EndsWith("Finished Step #0 - \"bad\"\nERROR\nERROR: build step 0 \"busybox:1.36\" failed: step exited with non-zero status: 3\n", log);
        Assert.DoesNotContain("never", log);
        Assert.Empty(await builds.LeftAsync(build));
    }

    [Fact]
    public async Task The_first_step_that_fails_stops_the_others()
    {
        var (build, _) = await builds.RunAsync(new Build { Steps = { ShellStep("sleep 1000", "long", "-"), ShellStep("exit 1", "bad", "-"), ShellStep("true", "after") } });

        Assert.Equal([Status.Cancelled, Status.Failure, Status.Queued], build.Steps.Select(step => step.Status));
        Assert.Equal((Status.Failure, 1), (build.Status, build.Steps[1].ExitCode));
        Assert.Empty(await builds.LeftAsync(build));
    }

    [Fact]
    public async Task A_step_may_be_allowed_to_fail_wholly_or_by_code()
    {
        var (any, one) = (ShellStep("exit 1"), ShellStep("exit 7"));
        any.AllowFailure = true;
        one.AllowExitCodes.Add(7);

        var (build, log) = await builds.SucceedAsync(new Build { Steps = { any, one, ShellStep("echo reached") } });

        Assert.Equal([Status.Failure, Status.Failure, Status.Success], build.Steps.Select(step => step.Status));
        Assert.Null(build.FailureInfo);
        Assert.Contains("Step #2: reached\n", log);
    }

    [Fact]
    public async Task Steps_that_wait_for_nothing_run_side_by_side()
    {
        // Each waits until the other is there.
        var (build, _) = await builds.SucceedAsync(new Build
        {
            Steps = { ShellStep("touch a; until [ -e b ]; do :; done", "a", "-"), ShellStep("touch b; until [ -e a ]; do :; done", "b", "-"), ShellStep("test -e a && test -e b") },
        });

        Assert.Empty(await builds.LeftAsync(build));
    }

    [Fact]
    public async Task A_step_whose_time_is_over_fails_the_build()
    {
        var step = ShellStep("sleep 1000");
        step.Timeout = TimeSpan.FromSeconds(1).ToDuration();

        var (build, log) = await builds.RunAsync(new Build { Steps = { step } });

        Assert.Equal((Status.Failure, Status.Timeout), (build.Status, build.Steps[0].Status));
        Assert.EndsWith("ERROR\nERROR: build step 0 \"busybox:1.36\" failed: context deadline exceeded\n", log);
        Assert.Empty(await builds.LeftAsync(build));
    }

    [Fact]
    public async Task A_build_whose_time_is_over_times_out()
    {
        var (build, log) = await builds.RunAsync(new Build { Timeout = TimeSpan.FromSeconds(1).ToDuration(), Steps = { ShellStep("sleep 1000"), ShellStep("true") } });

        Assert.Equal((Status.Timeout, Status.Cancelled, Status.Queued), (build.Status, build.Steps[0].Status, build.Steps[1].Status));
        Assert.Null(build.FailureInfo);
        Assert.EndsWith("TIMEOUT\nERROR: context deadline exceeded\n", log);
        Assert.Empty(await builds.LeftAsync(build));
    }

    [Fact]
    public async Task An_image_that_cannot_be_had_is_named_with_its_step()
    {
        var (build, log) = await builds.RunAsync(new Build { Steps = { new BuildStep { Name = "no-such-image-by-test:1" } } });

        Assert.Equal((Status.Failure, Status.Failure), (build.Status, build.Steps[0].Status));
        Assert.Contains("build step 0 \"no-such-image-by-test:1\" failed:", build.FailureInfo.Detail);
        Assert.Contains("Pulling image: no-such-image-by-test:1\n", log);
    }

    [Fact]
    public async Task A_command_that_is_not_in_the_image_is_told_in_the_engines_words()
    {
        var (build, _) = await builds.RunAsync(new Build { Steps = { new BuildStep { Name = Image, Entrypoint = "no-such-command" } } });

        Assert.Equal(Status.Failure, build.Status);
        Assert.Contains("starting step container failed: Error response from daemon:", build.FailureInfo.Detail);
        Assert.Contains("no-such-command", build.FailureInfo.Detail);
        Assert.Empty(await builds.LeftAsync(build));
    }

    [Theory]
    [InlineData("""{"entrypoint": "bash", "args": ["-c", "x"]}""", "busybox:1.36 has no 'bash': write 'entrypoint: sh', or take an image that has it.")]
    [InlineData("""{"args": ["echo hi there"]}""", "'args' is one word: write a list, args: [echo, hi, there].")]
    [InlineData("""{"args": ["pytest", "-q"]}""", "busybox:1.36 has no 'pytest': without 'entrypoint' the first of 'args' is the program that runs; name one that the image has.")]
    [InlineData("""{"script": "#!/bin/bash\necho hi"}""", "busybox:1.36 has no /bin/bash, which the script's first line ('#!/bin/bash') names: write '#!/bin/sh' or no such line, or take an image that has it.")]
    public async Task A_program_that_the_image_lacks_is_told_with_what_to_do(string step, string said)
    {
        var (build, _) = await builds.RunAsync(Parse($$"""{"steps": [{"name": "IMAGE", {{step[1..]}}]}"""));

        Assert.Equal(Status.Failure, build.Status);
        Assert.EndsWith(said, build.FailureInfo.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Containers_carry_the_labels_of_the_cloud_and_the_build_and_reach_the_network()
    {
        var build = await builds.CreateAsync(Shell("echo $MLOPS_CLOUD; until [ -e /workspace/go ]; do :; done"));
        try
        {
            await builds.ReachedAsync(build, now => now.Steps[0].Status == Status.Working);
            while ((await builds.Engine.Containers.ListAsync("mlops.build", build.Id, Cancel)).All(found => found.State != "running"))
            {
                await Task.Yield();
            }

            var container = Assert.Single(await builds.Engine.Containers.ListAsync("mlops.build", build.Id, Cancel));
            Assert.Equal(builds.Cloud.Owner.Instance, container.Labels!["mlops.cloud"]);
            Assert.Equal(["cloudbuild"], container.NetworkSettings!.Networks!.Keys);
            var inspected = await builds.Engine.Client.Containers.InspectContainerAsync(container.ID, Cancel);
            Assert.False(inspected.HostConfig!.Privileged);
        }
        finally
        {
            await builds.Client.CancelBuildAsync(new CancelBuildRequest { Name = build.Name }, cancellationToken: Cancel);
        }
    }
}

using System.Collections.Immutable;
using System.Diagnostics;
using MlOps.Containers.Running;
using MlOps.Core.Problems;
using MlOps.Testing;

namespace MlOps.Containers.Tests.Running;

public sealed class ContainerRunTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private static ContainerSpec Shell(string script) => new(TestEngine.Busybox) { Entrypoint = ["sh", "-c"], Command = [script], Labels = TestEngine.Labelled("run") };

    [Fact]
    public async Task Standard_output_and_error_come_apart_line_by_line()
    {
        await using var engine = await TestEngine.ConnectAsync(TestEngine.Busybox);
        var lines = new List<LogLine>();

        var exit = await new ContainerRun(Shell("echo one; echo two >&2; printf 'three\\r\\nünfinished'")) { OnLine = lines.Add }.RunAsync(engine, Cancel);

        Assert.Equal(new ContainerExit(0, OutOfMemory: false), exit);
        Assert.Equal(["one", "three", "ünfinished"], lines.Where(line => !line.IsError).Select(line => line.Text));
        Assert.Equal(["two"], lines.Where(line => line.IsError).Select(line => line.Text));
    }

    [Fact]
    public async Task The_exit_code_is_the_process_s()
    {
        await using var engine = await TestEngine.ConnectAsync(TestEngine.Busybox);

        var exit = await new ContainerRun(Shell("exit 7")).RunAsync(engine, Cancel);

        Assert.Equal(7, exit.Code);
        Assert.False(exit.IsSuccess);
    }

    [Fact]
    public async Task A_container_over_its_memory_limit_says_so()
    {
        await using var engine = await TestEngine.ConnectAsync(TestEngine.Busybox);
        var spec = Shell("x=a; while true; do x=$x$x; done") with { MemoryBytes = 16 << 20 };

        var exit = await new ContainerRun(spec).RunAsync(engine, Cancel);

        Assert.SkipUnless(exit.OutOfMemory || exit.Code == 137, "This engine cannot limit memory.");
        Assert.Equal("exit code 137: out of memory", exit.ToString());
    }

    [Fact]
    public async Task Environment_directory_user_and_limits_reach_the_container()
    {
        await using var engine = await TestEngine.ConnectAsync(TestEngine.Busybox);
        var lines = new List<string>();
        var spec = Shell("echo $A; pwd; id -u; cat /sys/fs/cgroup/cpu.max /sys/fs/cgroup/cpu/cpu.cfs_quota_us 2>/dev/null") with
        {
            Environment = ImmutableDictionary<string, string>.Empty.Add("A", "x=y z"),
            WorkingDirectory = "/tmp",
            User = "65534",
            Cpus = 0.5,
        };

        await new ContainerRun(spec) { OnLine = line => lines.Add(line.Text) }.RunAsync(engine, Cancel);

        Assert.Equal(["x=y z", "/tmp", "65534"], lines.Take(3));
        Assert.StartsWith("50000", Assert.Single(lines.Skip(3)));
    }

    [Fact]
    public async Task Files_and_folders_go_in_and_come_out_with_modes_and_links()
    {
        await using var engine = await TestEngine.ConnectAsync(TestEngine.Busybox);
        using var folder = new TemporaryFolder();
        folder.Write("in/ä b/deep.txt", "deep");
        var program = folder.Write("in/run.sh", "#!/bin/sh\necho ran > \"$1\"\n");
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(program, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }

        File.CreateSymbolicLink(Path.Combine(folder.Path, "in/link"), "ä b/deep.txt");
        var single = folder.Write("single.txt", "single");
        var script = "set -e; cd /data/in; ./run.sh ran.txt; cat link /etc/new/single > both.txt; ln ran.txt hard.txt; stat -c %u run.sh > owner.txt";

        var exit = await new ContainerRun(Shell(script))
        {
            In = [new(Path.Combine(folder.Path, "in"), "/data/in", new FileOwner(1000, 1000)), new(single, "/etc/new/single")],
            Out = [new("/data/in", Path.Combine(folder.Path, "out")), new("/etc/new/single", Path.Combine(folder.Path, "one/file")), new("/none", Path.Combine(folder.Path, "none"))],
        }.RunAsync(engine, Cancel);

        Assert.Equal(0, exit.Code);
        string Out(string name) => File.ReadAllText(Path.Combine(folder.Path, "out", name));
        Assert.Equal("ran\n", Out("ran.txt"));
        Assert.Equal("ran\n", Out("hard.txt"));
        Assert.Equal("deepsingle", Out("both.txt"));
        Assert.Equal("1000\n", Out("owner.txt"));
        Assert.Equal("ä b/deep.txt", new FileInfo(Path.Combine(folder.Path, "out/link")).LinkTarget);
        Assert.Equal("single", File.ReadAllText(Path.Combine(folder.Path, "one/file")));
        Assert.False(File.Exists(Path.Combine(folder.Path, "none")));
    }

    [Fact]
    public async Task A_large_file_goes_through_without_being_held_in_memory()
    {
        await using var engine = await TestEngine.ConnectAsync(TestEngine.Busybox);
        using var folder = new TemporaryFolder();
        var large = Path.Combine(folder.Path, "large");
        await using (var file = File.Create(large))
        {
            file.SetLength(64L << 20);
        }

        var exit = await new ContainerRun(Shell("echo end >> /large")) { In = [new(large, "/large")], Out = [new("/large", large + ".out")] }.RunAsync(engine, Cancel);

        Assert.Equal(0, exit.Code);
        Assert.Equal((64L << 20) + 4, new FileInfo(large + ".out").Length);
    }

    [Fact]
    public async Task A_volume_is_shared_by_containers()
    {
        await using var engine = await TestEngine.ConnectAsync(TestEngine.Busybox);
        var name = $"mlops-test-{Guid.NewGuid():N}";
        await engine.Volumes.CreateAsync(name, TestEngine.Labelled(name), Cancel);
        try
        {
            var lines = new List<string>();
            await new ContainerRun(Shell("echo kept > /v/x") with { Mounts = [ContainerMount.Volume(name, "/v")] }).RunAsync(engine, Cancel);
            var reading = Shell("cat /v/x; echo more > /v/x || echo refused") with { Mounts = [ContainerMount.Volume(name, "/v", readOnly: true)] };
            await new ContainerRun(reading) { OnLine = line => lines.Add(line.Text) }.RunAsync(engine, Cancel);

            Assert.Contains("kept", lines);
            Assert.Contains("refused", lines);
        }
        finally
        {
            await engine.Volumes.RemoveAsync(name, Cancel);
        }
    }

    [Fact]
    public async Task Cancelling_kills_and_removes_the_container_at_once()
    {
        await using var engine = await TestEngine.ConnectAsync(TestEngine.Busybox);
        var label = Guid.NewGuid().ToString("N");
        using var cancelling = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        var run = new ContainerRun(Shell("trap '' TERM; echo up; while true; do sleep 1; done") with { Labels = TestEngine.Labelled(label) })
        {
            OnLine = _ => cancelling.Cancel(),
        };
        var clock = Stopwatch.StartNew();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => run.RunAsync(engine, cancelling.Token));

        Assert.True(clock.Elapsed < TimeSpan.FromSeconds(5), $"took {clock.Elapsed}");
        Assert.Empty(await engine.Containers.ListAsync(TestEngine.Label, label, Cancel));
    }

    [Fact]
    public async Task An_image_that_the_engine_does_not_have_is_named()
    {
        await using var engine = await TestEngine.ConnectAsync();

        var error = await Assert.ThrowsAsync<StepFailedException>(() => new ContainerRun(new ContainerSpec("mlops-test/none:1")).RunAsync(engine, Cancel));

        Assert.Contains("mlops-test/none:1", error.Message);
        Assert.Contains("No such image", error.Message);
    }

    [Fact]
    public async Task A_command_that_is_not_in_the_image_is_named()
    {
        await using var engine = await TestEngine.ConnectAsync(TestEngine.Busybox);

        var error = await Assert.ThrowsAsync<StepFailedException>(() => new ContainerRun(Shell("") with { Entrypoint = ["no-such-tool"] }).RunAsync(engine, Cancel));

        Assert.Contains("no-such-tool", error.Message);
    }

    [Fact]
    public async Task Stopping_gives_the_process_time_to_end_itself()
    {
        await using var engine = await TestEngine.ConnectAsync(TestEngine.Busybox);
        var id = await engine.Containers.CreateAsync(Shell("trap 'exit 5' TERM; while true; do sleep 0.05; done"), Cancel);
        try
        {
            await engine.Containers.StartAsync(id, Cancel);
            await engine.Containers.StopAsync(id, TimeSpan.FromSeconds(10), Cancel);

            Assert.Contains((await engine.Containers.WaitAsync(id, Cancel)).Code, new long[] { 5, 143 });
        }
        finally
        {
            await engine.Containers.RemoveAsync(id, Cancel);
        }
    }
}

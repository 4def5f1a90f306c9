using MlOps.Testing;

namespace MlOps.Cli.Tests;

/// <summary><c>mlops debug</c>: a task of a run once more, over a local cloud and a real engine.</summary>
public sealed class DebugTests(DebuggedRun debugged) : IClassFixture<DebuggedRun>
{
    private Mlops Mlops => debugged.Mlops;

    [Fact]
    [Trait("speed", "slow")]
    public async Task A_task_runs_again_with_what_it_was_given()
    {
        Engine.Required();
        var run = await debugged.JobAsync();

        var same = await Mlops.RunAsync("debug", run, "make");
        Assert.True(same.ExitCode == 0, same.All);
        Assert.StartsWith($"make: busybox:1.36, SUCCEEDED\n  text  it's \"{run}\"\nagain as projects/local/", same.Output, StringComparison.Ordinal);
        Assert.Contains($"\n  | it's \"{run}\"\n", same.Output, StringComparison.Ordinal);
        Assert.EndsWith("SUCCEEDED, as then\n  size  same\n  file  same\n", same.Output, StringComparison.Ordinal);

        var other = await Mlops.RunAsync("debug", run, "time", "--output", "json");
        Assert.True(other.ExitCode == 0, other.All);
        var file = other.Json["outputs"]!.AsArray().Single(output => output!["name"]!.ToString() == "file")!;
        Assert.Matches("^its file differs: .* then, .* now; line 2: .* → .*$", Assert.Single(file["differences"]!.AsArray())!.ToString());

        var failed = await Mlops.RunAsync("debug", run, "fail");
        Assert.True(failed.ExitCode == 1, failed.All);
        Assert.Contains("  | no good\nFAILED, as then\n  The task 'task' ended with exit code 3.", failed.Output, StringComparison.Ordinal);

        var shell = await (Mlops with { Input = "cat /tmp/task\n/tmp/task\n" }).RunAsync("debug", run, "make", "--shell");
        Assert.True(shell.ExitCode == 0, shell.All);
        Assert.Contains($"""'it'\''s "{run}"'""", shell.Output, StringComparison.Ordinal);
        Assert.EndsWith("SUCCEEDED, as then\n  size  same\n  file  same\n", shell.Output, StringComparison.Ordinal);
    }

    [Fact]
    [Trait("speed", "slow")]
    public async Task What_cannot_be_meant_is_told_with_what_there_is()
    {
        Engine.Required();
        var run = await debugged.JobAsync();
        await RefusedAsync("Did you mean 'make'? Tasks of this run:", run, "mak");
        await RefusedAsync("is no container task", run, "for-loop-2");
        await RefusedAsync("2 tasks of", run, "item");
        await RefusedAsync("; --env says where else to look.", "debugged-1", "make");
        await RefusedAsync("--timeout soon is no duration", run, "make", "--timeout", "soon");
    }

    private async Task RefusedAsync(string because, params string[] arguments)
    {
        var outcome = await Mlops.RunAsync(["debug", .. arguments]);
        Assert.True(outcome.ExitCode == 2, outcome.All);
        Assert.Contains(because, outcome.Errors, StringComparison.Ordinal);
    }
}

/// <summary>A run on record, which all tests look at.</summary>
public sealed class DebuggedRun : IDisposable
{
    private const string Component = """
        name: NAME
        inputs:
        - {name: text, type: String, default: none}
        - {name: files, type: Dataset, optional: true}
        outputs:
        - {name: file, type: Dataset}
        - {name: size, type: Integer}
        implementation:
          container:
            image: busybox:1.36
            command: [sh, -ec, 'SCRIPT', sh]
            args: [{inputValue: text}, {outputPath: file}, {outputPath: size}, {if: {cond: {isPresent: files}, then: [{inputPath: files}]}}]
        """;

    private const string Pipeline = """
        name: debugged
        tasks:
          make:
            component: make
            with: {text: "it's \"${{ run.name }}\""}
          each:
            forEach: [a, b]
            tasks:
              item: {component: make, with: {text: '${{ item }}'}}
          time: {component: time, with: {files: '${{ tasks.make.outputs.file }}'}}
          fail: {component: fail}
        """;

    private readonly TemporaryFolder _folder = new();

    private readonly Lazy<Task<string>> _job;

    public DebuggedRun() => _job = new(RunPipelineAsync);

    internal Mlops Mlops => new(_folder.Path, Path.Combine(_folder.Path, "home"));

    /// <summary>Its job's id. It runs when a test asks first: without an engine none does.</summary>
    public Task<string> JobAsync() => _job.Value;

    public void Dispose() => _folder.Dispose();

    private async Task<string> RunPipelineAsync()
    {
        Write("make", """printf "%s\n" "$1"; printf "%s" "$1" > "$2"; echo 5 > "$3" """);
        Write("time", """{ cat "$4"; echo; cat /proc/sys/kernel/random/uuid; } > "$2"; echo 5 > "$3" """);
        Write("fail", "echo no good; exit 3");
        _folder.Write("pipelines/debugged.yaml", Pipeline);
        var compiled = await Mlops.RunAsync("compile", "pipelines/debugged.yaml", "--allow-tags");
        Assert.True(compiled.ExitCode == 0, compiled.All);
        var outcome = await Mlops.RunAsync("run", "debugged.json", "--allow-tags", "--output", "json");
        Assert.True(outcome.ExitCode == 1, outcome.All);
        var name = outcome.Json["job"]!.ToString();
        return name[(name.LastIndexOf('/') + 1)..];
    }

    private void Write(string name, string script) =>
        _folder.Write($"components/{name}/component.yaml", Component.Replace("NAME", name, StringComparison.Ordinal).Replace("SCRIPT", script.Replace("'", "''", StringComparison.Ordinal), StringComparison.Ordinal));
}

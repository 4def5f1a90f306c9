using MlOps.Testing;

namespace MlOps.Cli.Tests.BadInput;

/// <summary>What bad input gets: exit code 2, what is wrong and where, and nothing half-written.</summary>
public sealed class BadInputTests
{
    private static async Task RefusedAsync(Action<SampleRepo> spoil, string[] arguments, params string[] said)
    {
        using var repo = new SampleRepo();
        spoil(repo);
        var outcome = await new Mlops(repo.Root, repo.Home).RunAsync(arguments);
        Assert.True(outcome.ExitCode == 2, outcome.All);
        Assert.All(said, text => Assert.Contains(text, outcome.Errors));
    }

    [Fact]
    public async Task No_mlops_yaml()
    {
        using var folder = new TemporaryFolder();
        var outcome = await new Mlops(folder.Path, folder.Path).RunAsync("lint");
        Assert.Equal(2, outcome.ExitCode);
        Assert.Contains("mlops.yaml", outcome.Errors);
        Assert.Contains("mlops init", outcome.Errors);
        Assert.Empty(Directory.GetFileSystemEntries(folder.Path));
    }

    [Fact]
    public Task An_unknown_key() =>
        RefusedAsync(repo => repo.Replace("mlops.yaml", "pipelines:", "pipelnes:"), ["lint"], "mlops.yaml:3:1: error:", "Did you mean 'pipelines'?");

    [Fact]
    public Task A_component_file_that_is_not_YAML() =>
        RefusedAsync(repo => repo.Write("components/hello/component.yaml", "name: [\n"), ["lint"], "components/hello/component.yaml:", "not-yaml");

    [Fact]
    public Task A_component_without_implementation() =>
        RefusedAsync(repo => repo.Write("components/hello/component.yaml", "name: hello\n"), ["lint"], "components/hello/component.yaml:", "implementation");

    [Fact]
    public Task A_pipeline_naming_an_unknown_component() =>
        RefusedAsync(repo => repo.Replace("pipelines/greet.yaml", "component: hello", "component: helo"), ["lint"], "pipelines/greet.yaml:6:16: error:", "Did you mean 'hello'?");

    [Fact]
    public Task A_pipeline_naming_an_unknown_input() =>
        RefusedAsync(repo => repo.Replace("pipelines/greet.yaml", "with: {who:", "with: {whom:"), ["lint"], "pipelines/greet.yaml:7:", "Did you mean 'who'?");

    [Fact]
    public Task A_pipeline_naming_an_unknown_output() =>
        RefusedAsync(repo => repo.Replace("pipelines/greet.yaml", "outputs.greeting }}", "outputs.greting }}"), ["lint"], "pipelines/greet.yaml:9:", "Did you mean 'greeting'?");

    [Fact]
    public Task All_faults_of_several_files_at_once() =>
        RefusedAsync(
            repo =>
            {
                repo.Write("components/hello/component.yaml", SampleRepo.ComponentYaml.Replace("type: String}", "type: Strin, typo: 1}", StringComparison.Ordinal));
                repo.Replace("pipelines/greet.yaml", "inputs.who", "inputs.whom");
            },
            ["lint"], "components/hello/component.yaml:", "pipelines/greet.yaml:7:");

    [Fact]
    public Task Two_components_of_one_name() =>
        RefusedAsync(
            repo =>
            {
                repo.Write("components/bye/component.yaml", SampleRepo.ComponentYaml);
                repo.Write("components/bye/Dockerfile", "FROM busybox:1.36\n");
            },
            ["build"], "components/hello/component.yaml:1:7: error: 'hello' is also the name of components/bye/component.yaml");

    [Fact]
    public Task A_Dockerfile_that_is_missing() =>
        RefusedAsync(repo => File.Delete(repo.PathOf("components/hello/Dockerfile")), ["ci"], "components/hello/component.yaml:8:12: error: Image 'hello'", "Add components/hello/Dockerfile");

    [Fact]
    public Task A_Dockerfile_with_an_unknown_instruction() =>
        RefusedAsync(repo => repo.Replace("components/hello/Dockerfile", "COPY", "COPPY"), ["lint"], "components/hello/Dockerfile:2:1: error:", "Did you mean 'COPY'?");

    [Fact]
    public Task A_parameter_of_the_wrong_type_and_one_that_the_pipeline_does_not_have() =>
        RefusedAsync(repo => repo.Write("settings.yaml", "who: 3\nwhom: me\n"), ["lint"], "settings.yaml:1:6: error:", "settings.yaml:2:7: error:", "Did you mean 'who'?");

    [Fact]
    public async Task A_Dockerfile_that_may_not_be_read_is_named()
    {
        Assert.SkipUnless(Environment.UserName == "root" && File.Exists("/usr/bin/setpriv"), "Needs root and setpriv: root itself reads every file.");
        using var repo = new SampleRepo();
        File.SetUnixFileMode(repo.PathOf("components/hello/Dockerfile"), UnixFileMode.None);
        File.SetUnixFileMode(Path.GetDirectoryName(repo.Root)!, (UnixFileMode)0b111_111_101);
        File.SetUnixFileMode(repo.Root, (UnixFileMode)0b111_111_111);
        using var home = new TemporaryFolder();
        File.SetUnixFileMode(home.Path, (UnixFileMode)0b111_111_111);
        var outcome = await (new Mlops(repo.Root, home.Path) { Under = ["setpriv", "--reuid=65534", "--clear-groups"], Environment = { ["HOME"] = home.Path, ["DOTNET_CLI_HOME"] = home.Path } }).RunAsync("lint");
        Assert.True(outcome.ExitCode == 2, outcome.All);
        Assert.Contains("components/hello/Dockerfile: error: The file cannot be read", outcome.Errors);
    }

    [Fact]
    public Task An_unknown_environment() =>
        RefusedAsync(_ => { }, ["ci", "--env", "locl"], "Did you mean 'local'?");

    [Theory]
    [InlineData("0")]
    [InlineData("-3")]
    [InlineData("x")]
    public Task A_number_of_jobs_that_is_none(string jobs) => RefusedAsync(_ => { }, ["lint", "--jobs", jobs], $"--jobs {jobs}: expected how much runs side by side, 1 or more.");

    [Fact]
    public Task A_project_file_of_another_name() =>
        RefusedAsync(repo => File.Move(repo.PathOf("mlops.yaml"), repo.PathOf("mlops.yml")), ["lint"], "There is a mlops.yml: rename it.");

    [Fact]
    public Task Images_without_a_repository() =>
        RefusedAsync(repo => repo.Replace("mlops.yaml", "local:", "local:\n    images: us-central1-docker.pkg.dev/acme"), ["lint"], "mlops.yaml:7:13: error:", "PROJECT/REPOSITORY");

    [Fact]
    public Task An_unknown_environment_for_a_file() =>
        RefusedAsync(repo => repo.Write("p.json", """{"pipelineInfo": {"name": "p"}, "root": {"dag": {"tasks": {}}}, "schemaVersion": "2.1.0", "sdkVersion": "kfp-2.15.2"}"""), ["run", "p.json", "--env", "locl"], "Did you mean 'local'?");

    [Fact]
    public Task A_parameter_given_twice() =>
        RefusedAsync(
            repo => repo.Write("p.json", """{"pipelineInfo": {"name": "p"}, "root": {"dag": {"tasks": {}}, "inputDefinitions": {"parameters": {"k": {"parameterType": "NUMBER_INTEGER"}}}}, "schemaVersion": "2.1.0", "sdkVersion": "kfp-2.15.2"}"""),
            ["run", "p.json", "--parameter", "k=1", "--parameter", "k=2"],
            "The parameter 'k' is given twice, 'k=1' and 'k=2'");

    [Fact]
    public Task Options_of_a_file_without_a_file() => RefusedAsync(_ => { }, ["run", "--no-cache", "--parameter", "who=x"], "--parameter, --no-cache", "PIPELINE.json");

    [Fact]
    public Task A_tab_is_named_where_it_stands() =>
        RefusedAsync(repo => repo.Replace("mlops.yaml", "    run:", "\trun:"), ["lint"], "mlops.yaml:7:1: error:", "use spaces");

    [Fact]
    public async Task Under_strict_a_warning_ends_the_delivery_at_the_step_that_gave_it()
    {
        using var repo = new SampleRepo();
        repo.Replace("mlops.yaml", "environments:", "test: {command: 'true'}\nenvironments:");
        var outcome = await new Mlops(repo.Root, repo.Home).RunAsync("ci", "--only", "checkout,test,compile", "--strict");
        Assert.True(outcome.ExitCode == 2, outcome.All);
        Assert.Matches(@"\d warnings? above: under --strict warnings count as errors", outcome.Errors);
        Assert.False(File.Exists(repo.PathOf(".mlops/compile.json")));
    }

    [Fact]
    public async Task With_JSON_output_a_failed_step_is_told_on_stdout_too_with_its_last_lines()
    {
        using var repo = new SampleRepo();
        repo.Replace("mlops.yaml", "environments:", "test: {command: 'seq 100; echo boom; exit 3'}\nenvironments:");
        var outcome = await new Mlops(repo.Root, repo.Home).RunAsync("test", "--output", "json");
        Assert.True(outcome.ExitCode == 1, outcome.All);
        Assert.Contains("1 of 1 tests failed", outcome.Json["error"]!.GetValue<string>());
        Assert.Contains("boom", outcome.Json["tail"]!.ToJsonString());
    }

    [Fact]
    public Task An_unknown_step() => RefusedAsync(_ => { }, ["ci", "--only", "biuld"], "Did you mean 'build'?");

    [Fact]
    public Task An_unknown_verb() => RefusedAsync(_ => { }, ["biuld"], "Did you mean 'build'?");

    [Fact]
    public Task A_step_whose_inputs_are_missing() => RefusedAsync(_ => { }, ["rewrite"], "mlops push");

    [Fact]
    public Task MLOPS_CLOUD_that_says_nothing() => RefusedWithAsync("MLOPS_CLOUD", "lokal", "Did you mean 'local'?");

    [Fact]
    public async Task No_Docker_engine_is_exit_code_3_with_how_to_start_it()
    {
        using var repo = new SampleRepo();
        var outcome = await (new Mlops(repo.Root, repo.Home) { Environment = { ["DOCKER_HOST"] = "unix:///nowhere/docker.sock" } }).RunAsync("ci", "--env", "local");
        Assert.True(outcome.ExitCode == 3, outcome.All);
        Assert.Contains("dockerd", outcome.Errors);
    }

    [Fact]
    public async Task With_JSON_output_the_problems_are_a_list_on_stdout()
    {
        using var repo = new SampleRepo();
        repo.Replace("mlops.yaml", "pipelines:", "pipelnes:");
        var outcome = await new Mlops(repo.Root, repo.Home).RunAsync("lint", "--output", "json");
        var problem = outcome.Json.AsArray()[0]!;
        Assert.Equal(("unknown-key", "error", 3, 1), (problem["code"]!.GetValue<string>(), problem["severity"]!.GetValue<string>(), problem["line"]!.GetValue<int>(), problem["column"]!.GetValue<int>()));
    }

    [Fact]
    public async Task A_file_that_may_not_be_read_is_named()
    {
        Assert.SkipUnless(Environment.UserName == "root" && File.Exists("/usr/bin/setpriv"), "Needs root and setpriv: root itself reads every file.");
        using var repo = new SampleRepo();
        var file = repo.PathOf("components/hello/component.yaml");
        File.SetUnixFileMode(file, UnixFileMode.None);
        File.SetUnixFileMode(Path.GetDirectoryName(repo.Root)!, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute | UnixFileMode.OtherRead | UnixFileMode.OtherExecute | UnixFileMode.GroupRead | UnixFileMode.GroupExecute);
        using var home = new TemporaryFolder();
        File.SetUnixFileMode(home.Path, (UnixFileMode)0b111_111_111);
        var outcome = await (new Mlops(repo.Root, home.Path) { Under = ["setpriv", "--reuid=65534", "--clear-groups"], Environment = { ["HOME"] = home.Path, ["DOTNET_CLI_HOME"] = home.Path } }).RunAsync("compile", "pipelines/greet.yaml", "--allow-tags", "--out-dir", home.Path);
        Assert.True(outcome.ExitCode is 1 or 2, outcome.All);
        Assert.Contains("components/hello/component.yaml", outcome.Errors);
    }

    [Fact]
    public async Task CRLF_files_spaces_and_letters_beyond_ASCII_are_fine()
    {
        using var repo = new SampleRepo("Vögel und Flugzeuge");
        foreach (var file in new[] { "mlops.yaml", "components/hello/component.yaml", "pipelines/greet.yaml" })
        {
            repo.Write(file, File.ReadAllText(repo.PathOf(file)).Replace("\n", "\r\n", StringComparison.Ordinal));
        }

        var outcome = await new Mlops(repo.Root, repo.Home).RunAsync("compile", "pipelines/greet.yaml", "--allow-tags", "--out-dir", repo.Home);
        Assert.True(outcome.ExitCode == 0, outcome.All);
        Assert.True(File.Exists(Path.Combine(repo.Home, "greet.json")));
    }

    private static async Task RefusedWithAsync(string variable, string value, string said)
    {
        using var repo = new SampleRepo();
        var outcome = await (new Mlops(repo.Root, repo.Home) { Environment = { [variable] = value } }).RunAsync("lint");
        Assert.True(outcome.ExitCode == 2, outcome.All);
        Assert.Contains(said, outcome.Errors);
    }
}

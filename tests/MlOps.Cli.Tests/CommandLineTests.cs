using MlOps.Testing;

namespace MlOps.Cli.Tests;

public sealed class CommandLineTests
{
    [Fact]
    public async Task Help_lists_every_verb()
    {
        using var folder = new TemporaryFolder();
        var outcome = await new Mlops(folder.Path, folder.Path).RunAsync("--help");
        Assert.Equal(0, outcome.ExitCode);
        Golden.Matches(outcome.Output, "help.txt");
    }

    [Theory]
    [InlineData(new[] { "compile", "--chek", "x.json" }, "error: There is no option '--chek'. Did you mean '--check'?")]
    [InlineData(new[] { "compile", "x.yaml", "--grap=svg" }, "error: There is no option '--grap'. Did you mean '--graph'?")]
    [InlineData(new[] { "config", "check", "--strct" }, "error: There is no option '--strct'. Did you mean '--strict'?")]
    [InlineData(new[] { "run", "--wiat" }, "error: There is no option '--wiat'.")]
    [InlineData(new[] { "lineage", "--outptu" }, "error: There is no option '--outptu'. Did you mean '--output'?")]
    public async Task A_misspelt_option_is_not_taken_for_a_file(string[] arguments, string says)
    {
        using var folder = new TemporaryFolder();
        var outcome = await new Mlops(folder.Path, folder.Path).RunAsync(arguments);
        Assert.Equal(2, outcome.ExitCode);
        Assert.Contains(says, outcome.Errors);
        Assert.Contains($"See 'mlops {arguments[0]}", outcome.Errors);
    }

    [Fact]
    public async Task After_two_dashes_everything_is_a_file()
    {
        using var folder = new TemporaryFolder();
        var outcome = await new Mlops(folder.Path, folder.Path).RunAsync("compile", "--check", "--", "--chek");
        Assert.Contains("There is no such file", outcome.Errors);
    }

    [Fact]
    public async Task Init_makes_a_committed_repo_and_refuses_a_folder_that_is_not_empty()
    {
        using var folder = new TemporaryFolder();
        var mlops = new Mlops(folder.Path, folder.Path);
        var made = await mlops.RunAsync("init", "wildlife-strikes", "strikes", "--output", "json");
        Assert.True(made.ExitCode == 0, made.All);
        Assert.Equal(40, made.Json["commit"]!.GetValue<string>().Length);
        Assert.True(File.Exists(Path.Combine(folder.Path, "strikes", "mlops.yaml")));
        Assert.True(File.Exists(Path.Combine(folder.Path, "strikes", ".gitignore")));
        var again = await mlops.RunAsync("init", "wildlife-strikes", "strikes");
        Assert.Equal(2, again.ExitCode);
        Assert.Contains("not empty", again.Errors);
    }

    [Fact]
    public async Task The_state_of_a_user_whose_home_is_not_there_yet_has_a_whole_path()
    {
        using var folder = new TemporaryFolder();
        var home = Path.Combine(folder.Path, "home");
        var outcome = await (new Mlops(folder.Path, "") { Environment = { ["HOME"] = home, ["MLOPS_HOME"] = null } }).RunAsync("cloud", "status");
        Assert.Contains($"State: {home}/.local/share/mlops/cloud", outcome.All);
    }
}

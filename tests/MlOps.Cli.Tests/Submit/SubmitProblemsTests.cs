using MlOps.Testing;

namespace MlOps.Cli.Tests.Submit;

/// <summary>What <c>mlops submit</c> says of a wrong file or command line, before anything leaves the machine.</summary>
public sealed class SubmitProblemsTests : IDisposable
{
    private const string Good = "steps:\n- name: 'busybox:1.36'\n  args: ['true']\n";

    private readonly TemporaryFolder _folder = new();

    private string Home => Path.Combine(_folder.Path, "home");

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("")]
    [InlineData("steps:\n- name: busybox:1.36\n  args: [*.txt]\n")]
    [InlineData("steps:\n- name: busybox:1.36\n  args: [@x]\n")]
    [InlineData("steps:\n- nmae: busybox:1.36\n  arg: [x]\n  waitfor: [y]\n  timeout: 60\noptions: {machineType: E2_HIGHCPU_9}\ntimeout: 10m\nimages: ['US/x']\n")]
    [InlineData("steps:\n- name: busybox:1.36\n  env: [{A: b}]\n- name: busybox\n  waitFor: [nobody]\nimages: yes\n")]
    public async Task A_file_is_read_and_checked_as_by_config_check(string text)
    {
        _folder.Write("cloudbuild.yaml", text);
        var check = await RunAsync("config", "check", "cloudbuild.yaml");
        var submit = await RunAsync("submit", "--no-source");
        Assert.Equal((2, 2), (check.ExitCode, submit.ExitCode));
        Assert.Equal(Findings(check), Findings(submit));
        Assert.NotEmpty(Findings(submit));
    }

    [Fact]
    public async Task A_file_that_cannot_be_read_has_the_code_that_config_check_has()
    {
        await File.WriteAllBytesAsync(Path.Combine(_folder.Path, "latin.yaml"), [.. "# "u8, 0xE4, (byte)'\n'], TestContext.Current.CancellationToken);
        Assert.Contains("latin.yaml: error: latin.yaml is not UTF-8 text", (await RunAsync("submit", "--no-source", "--config", "latin.yaml")).Errors);
        Assert.Contains("[file-unreadable]", (await RunAsync("submit", "--no-source", "--config", "none.yaml")).Errors);
    }

    [Theory]
    [InlineData("--timeout: 'timeout' is more than 24 hours", "--timeout", "25h")]
    [InlineData("--service-account: 'foo' is no service account; expected 'projects/PROJECT/serviceAccounts/foo'. [service-account-format]", "--service-account", "foo", "--gcs-log-dir", "gs://logs")]
    [InlineData("--service-account: A build with a 'serviceAccount' must say where its log goes", "--service-account", "projects/p/serviceAccounts/a@p.iam.gserviceaccount.com")]
    [InlineData("--gcs-log-dir: 'my-logs' is no place in Storage; expected gs://BUCKET or gs://BUCKET/FOLDER. [bad-log-dir]", "--gcs-log-dir", "my-logs")]
    public async Task Values_of_flags_are_checked_before_the_upload(string said, params string[] arguments)
    {
        _folder.Write("cloudbuild.yaml", Good);
        await RefusedAsync(said, ["submit", .. arguments]);
    }

    [Fact]
    public async Task A_tag_that_is_no_image_is_told_of_the_flag()
    {
        _folder.Write("Dockerfile", "FROM busybox:1.36\n");
        await RefusedAsync("--tag: 'US/Api' is no image", "submit", "--tag", "US/Api");
    }

    [Theory]
    [InlineData("", "a.tgz is empty; expected what 'tar -czf' or 'zip' makes.")]
    [InlineData("hello there", "a.tgz is named like an archive, and its content is none")]
    public async Task An_archive_that_is_none_is_told_before_the_upload(string content, string said)
    {
        _folder.Write("cloudbuild.yaml", Good);
        _folder.Write("a.tgz", content);
        await RefusedAsync(said, "submit", "a.tgz");
    }

    [Fact]
    public async Task A_flag_counts_instead_of_what_the_file_says()
    {
        _folder.Write("cloudbuild.yaml", Good + "timeout: 90000s\n");
        var outcome = await RunAsync("submit", "--timeout", "10m", "nothing");
        Assert.DoesNotContain("timeout", outcome.Errors);
    }

    [Fact]
    public async Task A_substitution_of_a_wrong_name_is_told_once()
    {
        _folder.Write("cloudbuild.yaml", Good);
        var outcome = await RunAsync("submit", "--substitutions", "A=1");
        Assert.Single(outcome.Errors.Split('\n'), line => line.Contains("[bad-substitution-key]", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_substitution_after_a_blank_is_not_taken_for_the_source()
    {
        _folder.Write("cloudbuild.yaml", Good);
        await RefusedAsync("'_B=2' stands where the source does; substitutions are joined by commas: --substitutions _A=1,_B=2", "submit", "--no-source", "--substitutions", "_A=1", "_B=2");
    }

    private async Task RefusedAsync(string said, params string[] arguments)
    {
        var outcome = await RunAsync(arguments);
        Assert.True(outcome.ExitCode == 2, outcome.All);
        Assert.Contains(said, outcome.Errors);
        Assert.False(Directory.Exists(Path.Combine(Home, "cloud/storage/local_cloudbuild")));
    }

    private Task<Outcome> RunAsync(params string[] arguments) => new Mlops(_folder.Path, Home).RunAsync(arguments);

    private static string[] Findings(Outcome outcome) => [.. outcome.Errors.Split('\n').Where(line => line.EndsWith(']'))];
}

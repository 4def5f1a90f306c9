using MlOps.Testing;

namespace MlOps.Cli.Tests.Triggers;

/// <summary>A git repository with an mlops.yaml, and a local cloud of its own that runs until the end.</summary>
internal sealed class TriggerRepository : IAsyncDisposable
{
    public const string Yaml = """
        name: strikes
        environments:
          dev:
            project: acme-dev
            region: us-central1
            images: us-central1-docker.pkg.dev/acme-dev/ml
            pipelines: https://us-central1-kfp.pkg.dev/acme-dev/pipelines
            pipelineRoot: gs://acme-dev/root
            approval: required
            trigger: {branch: '^dev$', ignoredFiles: ['**/*.md']}
          prod:
            project: acme-prod
            region: us-central1
            images: us-central1-docker.pkg.dev/acme-prod/ml
            pipelines: https://us-central1-kfp.pkg.dev/acme-prod/pipelines
            pipelineRoot: gs://acme-prod/root
            approval: required
            trigger: {tag: '^v\d+$'}

        """;

    private readonly TemporaryFolder _folder = new();

    public TriggerRepository()
    {
        Write("mlops.yaml", Yaml);
        Write("cloudbuild.yaml", "steps: [{name: busybox, args: [echo, $COMMIT_SHA]}]\n");
        GitCommand.Run(Root, "init", "--quiet", "-b", "main");
        Commit("first");
    }

    public string Root => Path.Combine(_folder.Path, "repo");

    private Mlops Mlops => new(Root, Path.Combine(_folder.Path, "home")) { Environment = { ["MLOPS_CLOUD"] = "local" } };

    public void Write(string path, string text) => _folder.Write(Path.Combine("repo", path), text);

    public string Commit(string message)
    {
        GitCommand.Run(Root, "add", "--all");
        GitCommand.Run(Root, "commit", "--quiet", "--message", message);
        return GitCommand.Run(Root, "rev-parse", "HEAD");
    }

    public Task<Outcome> RunAsync(params string[] arguments) => Mlops.RunAsync(arguments);

    public async Task<Outcome> OkAsync(params string[] arguments)
    {
        var outcome = await RunAsync(arguments);
        Assert.True(outcome.ExitCode == 0, outcome.All);
        return outcome;
    }

    public async ValueTask DisposeAsync()
    {
        await RunAsync("cloud", "down");
        _folder.Dispose();
    }
}

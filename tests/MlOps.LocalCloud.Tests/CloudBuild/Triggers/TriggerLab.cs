using Google.Cloud.CloudBuild.V1;
using Grpc.Core;
using MlOps.LocalCloud.CloudBuild.Sources;
using MlOps.Testing;
using Api = Google.Cloud.CloudBuild.V1.CloudBuild;

namespace MlOps.LocalCloud.Tests.CloudBuild.Triggers;

/// <summary>A cloud of a test class's own, where each test has a repository and a project of its own. Builds wait for an approval, so that nothing runs.</summary>
public sealed class TriggerLab : IAsyncLifetime
{
    private readonly TemporaryFolder _folder = new();

    public TestCloud Cloud { get; } = new();

    public Api.CloudBuildClient Client => new(Cloud.Grpc);

    public static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public ValueTask InitializeAsync() => Cloud.InitializeAsync();

    public async ValueTask DisposeAsync()
    {
        await Cloud.DisposeAsync();
        _folder.Dispose();
    }

    /// <summary>A repository that is known as <c>github.com/acme/NAME</c>.</summary>
    public TriggerRepo Repo(string name)
    {
        var work = Directory.CreateDirectory(Path.Combine(_folder.Path, name)).FullName;
        var bare = work + ".git";
        GitCommand.Run(work, "init", "--quiet", "-b", "main");
        GitCommand.Run(work, "init", "--quiet", "--bare", bare);
        new LocalRepositories(Cloud.Options.StateFolder).Register(name, [$"https://github.com/acme/{name}"], bare);
        return new TriggerRepo(Cloud, name, work, bare);
    }

    public Task<BuildTrigger> CreateAsync(string parent, BuildTrigger trigger) =>
        Client.CreateBuildTriggerAsync(new CreateBuildTriggerRequest { Parent = parent, Trigger = trigger }, cancellationToken: Cancel).ResponseAsync;

    /// <summary>Of pushes to a branch of <c>github.com/acme/NAME</c>, with an approval.</summary>
    public static BuildTrigger OnBranch(string name, string pattern) => new()
    {
        Name = $"{name}-branch",
        Github = new GitHubEventsConfig { Owner = "acme", Name = name, Push = new PushFilter { Branch = pattern } },
        Filename = "cloudbuild.yaml",
        ApprovalConfig = new ApprovalConfig { ApprovalRequired = true },
    };

    public async Task<List<Build>> BuildsAsync(string parent) =>
        [.. (await Client.ListBuildsAsync(new ListBuildsRequest { Parent = parent }, cancellationToken: Cancel)).Builds];

    public static async Task<(StatusCode Code, string Message)> RefusedAsync(Func<Task> call)
    {
        var refused = await Assert.ThrowsAsync<RpcException>(call);
        return (refused.StatusCode, refused.Status.Detail);
    }
}

/// <summary>A working tree, and the bare repository that it is pushed to, whose hook keeps what git says.</summary>
public sealed class TriggerRepo
{
    public const string Config = "steps: [{name: busybox, args: [echo, $BRANCH_NAME$TAG_NAME]}]\n";

    private readonly TestCloud _cloud;
    private readonly string _name;
    private readonly string _work;
    private readonly string _received;

    internal TriggerRepo(TestCloud cloud, string name, string work, string bare)
    {
        (_cloud, _name, _work, _received) = (cloud, name, work, bare + ".received");
        GitCommand.Run(work, "remote", "add", "local", bare);
        var hook = Path.Combine(bare, "hooks", "post-receive");
        Directory.CreateDirectory(Path.GetDirectoryName(hook)!);
        File.WriteAllText(hook, $"#!/bin/sh\ncat > '{_received}'\n");
        File.SetUnixFileMode(hook, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }

    /// <returns>The new commit.</returns>
    public string Commit(string message, params (string Path, string Text)[] files)
    {
        foreach (var (path, text) in files)
        {
            Directory.CreateDirectory(Path.GetDirectoryName(FileOf(path))!);
            File.WriteAllText(FileOf(path), text);
        }

        GitCommand.Run(_work, "add", "--all");
        GitCommand.Run(_work, "commit", "--quiet", "--message", message);
        return GitCommand.Run(_work, "rev-parse", "HEAD");
    }

    public string FileOf(string path) => Path.Combine(_work, path);

    public void Tag(string name) => GitCommand.Run(_work, "tag", "--annotate", "--message", name, name);

    /// <summary>Pushes, tells the cloud what git said, and gives what the cloud answers.</summary>
    public async Task<string> PushAsync(params string[] refs)
    {
        GitCommand.Run(_work, ["push", "--quiet", "--force", "local", .. refs]);
        return (await _cloud.SendAsync(HttpMethod.Post, $"/mlops/git/{_name}/push", new StringContent(File.ReadAllText(_received)))).Ok().Text;
    }
}

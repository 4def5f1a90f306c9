using System.Text;
using Google.Cloud.CloudBuild.V1;
using Google.Protobuf;
using Grpc.Core;
using MlOps.Containers;
using MlOps.LocalCloud.Tests.Storage;
using Api = Google.Cloud.CloudBuild.V1.CloudBuild;
using Status = Google.Cloud.CloudBuild.V1.Build.Types.Status;
using TimeSpan = System.TimeSpan;

namespace MlOps.LocalCloud.Tests.CloudBuild;

/// <summary>A cloud of a test class's own, and its Cloud Build. Steps get no engine's socket unless a class asks for one.</summary>
public sealed class TestBuilds : IAsyncLifetime
{
    public const string Image = "busybox:1.36";
    public const string Project = "builds";
    public const string Parent = $"projects/{Project}/locations/global";
    private ContainerEngine? _engine;

    public TestCloud Cloud { get; } = new();

    public Api.CloudBuildClient Client => new(Cloud.Grpc);

    public ContainerEngine Engine => _engine!;

    public static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        await File.WriteAllTextAsync(Path.Combine(Path.GetDirectoryName(Cloud.Options.StateFolder)!, "cloud.yaml"), "dockerSocket: none\n", Cancel);
        _engine = await ContainerEngine.ConnectAsync(Cancel);
        Assert.SkipUnless(await _engine.Images.ExistsAsync(Image, Cancel), $"The engine has no image {Image}; `make base-images` makes it.");
        await Cloud.InitializeAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await Cloud.DisposeAsync();
        await (_engine?.DisposeAsync() ?? ValueTask.CompletedTask);
    }

    /// <summary>A build out of its JSON, as gcloud sends it.</summary>
    public static Build Parse(string json) => JsonParser.Default.Parse<Build>(json.Replace("IMAGE", Image, StringComparison.Ordinal));

    /// <summary>A build of one step that is a line for <c>sh</c>.</summary>
    public static Build Shell(string line) => new() { Steps = { ShellStep(line) } };

    /// <param name="line">Its <c>$</c> are the shell's.</param>
    public static BuildStep ShellStep(string line, string id = "", params string[] waitFor) =>
        new() { Name = Image, Id = id, Entrypoint = "sh", Args = { "-c", line.Replace("$", "$$", StringComparison.Ordinal) }, WaitFor = { waitFor } };

    public async Task<Build> CreateAsync(Build build, string parent = Parent)
    {
        var operation = await Client.CreateBuildAsync(new CreateBuildRequest { Parent = parent, Build = build }, cancellationToken: Cancel);
        return operation.Metadata.Unpack<BuildOperationMetadata>().Build;
    }

    public async Task<Build> GetAsync(Build build) => await Client.GetBuildAsync(new GetBuildRequest { Name = build.Name }, cancellationToken: Cancel);

    public Task<Build> EndedAsync(Build build) => ReachedAsync(build, now => now.Status is not (Status.Queued or Status.Pending or Status.Working));

    public async Task<Build> ReachedAsync(Build build, Func<Build, bool> isThere)
    {
        while (true)
        {
            if (await GetAsync(build) is var now && isThere(now))
            {
                return now;
            }

            await Task.Delay(TimeSpan.FromMilliseconds(10), TimeProvider.System, Cancel);
        }
    }

    /// <summary>Runs a build to its end.</summary>
    public async Task<(Build Build, string Log)> RunAsync(Build build)
    {
        var ended = await EndedAsync(await CreateAsync(build));
        return (ended, await LogAsync(ended));
    }

    /// <summary>Runs a build that must succeed.</summary>
    public async Task<(Build Build, string Log)> SucceedAsync(Build build)
    {
        var (ended, log) = await RunAsync(build);
        Assert.True(ended.Status == Status.Success, $"{ended.Status} {ended.StatusDetail}\n{log}");
        return (ended, log);
    }

    public async Task<string> LogAsync(Build build) => Encoding.UTF8.GetString((await Cloud.ReadAsync(build.LogsBucket["gs://".Length..], $"log-{build.Id}.txt")).Ok().Body);

    /// <summary>What the engine has of a build.</summary>
    public async Task<List<string>> LeftAsync(Build build)
    {
        var containers = await Engine.Containers.ListAsync("mlops.build", build.Id, Cancel);
        var filter = new Dictionary<string, IDictionary<string, bool>> { ["label"] = new Dictionary<string, bool> { [$"mlops.build={build.Id}"] = true } };
        var volumes = await Engine.Client.Volumes.ListAsync(new() { Filters = filter }, Cancel);
        var networks = await Engine.Client.Networks.ListNetworksAsync(new() { Filters = filter }, Cancel);
        return [.. containers.Select(found => found.ID), .. (volumes.Volumes ?? []).Select(found => found.Name), .. networks.Select(found => found.Name)];
    }

    public static async Task<RpcException> RefusedAsync(Func<Task> call) => await Assert.ThrowsAsync<RpcException>(call);
}

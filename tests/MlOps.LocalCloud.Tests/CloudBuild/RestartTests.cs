using Google.Cloud.CloudBuild.V1;
using MlOps.Containers;
using MlOps.LocalCloud.Hosting;
using MlOps.LocalCloud.Tests.Hosting;
using MlOps.LocalCloud.Tests.Storage;
using MlOps.Testing;
using static MlOps.LocalCloud.Tests.CloudBuild.TestBuilds;
using Api = Google.Cloud.CloudBuild.V1.CloudBuild;
using Status = Google.Cloud.CloudBuild.V1.Build.Types.Status;
using TimeSpan = System.TimeSpan;

namespace MlOps.LocalCloud.Tests.CloudBuild;

/// <summary>A cloud that ends in the middle of builds, and the one that comes after it.</summary>
public sealed class RestartTests : IAsyncLifetime
{
    private const string Busy = "echo begun; until [ -e /workspace/never ]; do sleep 0.1; done";
    private readonly TemporaryFolder _folder = new();
    private ContainerEngine? _engine;

    private string State => Path.Combine(_folder.Path, "cloud");

    public async ValueTask InitializeAsync()
    {
        _engine = await ContainerEngine.ConnectAsync(Cancel);
        Assert.SkipUnless(await _engine.Images.ExistsAsync(Image, Cancel), $"The engine has no image {Image}; `make base-images` makes it.");
    }

    public async ValueTask DisposeAsync()
    {
        await (_engine?.DisposeAsync() ?? ValueTask.CompletedTask);
        _folder.Dispose();
    }

    [Fact]
    public async Task After_a_kill_what_ran_has_ended_with_a_reason_what_waited_runs_and_what_was_finished_stays()
    {
        Build finished, running, second, waiting;
        using (var child = await ChildCloud.StartAsync(State, Cancel))
        {
            await using var cloud = TestCloud.At(child.Owner);
            var client = new Api.CloudBuildClient(cloud.Grpc);
            finished = await EndedAsync(client, await CreateAsync(client, Shell("true")));
            running = await CreateAsync(client, Shell(Busy));
            var others = new List<Build>();
            for (var i = 0; i < 9; i++)
            {
                others.Add(await CreateAsync(client, Shell(Busy)));
            }

            (second, waiting) = (others[0], await CreateAsync(client, Shell("echo late")));
            await BegunAsync(cloud, running);
            await child.KillAsync(Cancel);
        }

        Assert.NotEmpty(await _engine!.Containers.ListAsync("mlops.build", running.Id, Cancel));
        await using var host = await CloudHost.StartAsync(new(State), Cancel);
        await using var again = TestCloud.At(LocalCloudOwner.Find(State)!);
        var builds = new Api.CloudBuildClient(again.Grpc);

        var ended = await GetAsync(builds, running);
        Assert.Equal(Status.InternalError, ended.Status);
        Assert.Contains("The local cloud ended while the build ran", ended.StatusDetail);
        var log = (await again.ReadAsync(ended.LogsBucket["gs://".Length..], $"log-{ended.Id}.txt")).Ok().Text;
        Assert.Contains("begun\n", log);
        Assert.EndsWith($"ERROR\nERROR: {ended.StatusDetail}\n", log);
        Assert.Equal(Status.InternalError, (await GetAsync(builds, second)).Status);
        Assert.Empty(await _engine.Containers.ListAsync("mlops.build", running.Id, Cancel));
        Assert.Equal(finished, await GetAsync(builds, finished));
        Assert.Equal(Status.Success, (await EndedAsync(builds, waiting)).Status);
        Assert.Empty((await _engine.Client.Volumes.ListAsync(new() { Filters = Label($"mlops.cloud={host.Instance}") }, Cancel)).Volumes ?? []);
    }

    [Fact]
    public async Task A_cloud_that_is_stopped_ends_what_runs_and_leaves_nothing_on_the_engine()
    {
        Build running;
        string instance;
        await using (var host = await CloudHost.StartAsync(new(State), Cancel))
        {
            instance = host.Instance;
            await using var cloud = TestCloud.At(LocalCloudOwner.Find(State)!);
            running = await CreateAsync(new Api.CloudBuildClient(cloud.Grpc), Shell(Busy));
            await BegunAsync(cloud, running);
        }

        Assert.Empty(await _engine!.Containers.ListAsync("mlops.cloud", instance, Cancel));
        await using var next = await CloudHost.StartAsync(new(State), Cancel);
        await using var again = TestCloud.At(LocalCloudOwner.Find(State)!);
        var ended = await GetAsync(new Api.CloudBuildClient(again.Grpc), running);
        Assert.Equal(Status.InternalError, ended.Status);
        Assert.Contains("stopped", ended.StatusDetail);
    }

    private static Dictionary<string, IDictionary<string, bool>> Label(string label) => new() { ["label"] = new Dictionary<string, bool> { [label] = true } };

    private static async Task<Build> CreateAsync(Api.CloudBuildClient client, Build build) =>
        (await client.CreateBuildAsync(new CreateBuildRequest { Parent = Parent, Build = build }, cancellationToken: Cancel)).Metadata.Unpack<BuildOperationMetadata>().Build;

    private static async Task<Build> GetAsync(Api.CloudBuildClient client, Build build) => await client.GetBuildAsync(new GetBuildRequest { Name = build.Name }, cancellationToken: Cancel);

    private static async Task<Build> EndedAsync(Api.CloudBuildClient client, Build build)
    {
        while (true)
        {
            if (await GetAsync(client, build) is { Status: not (Status.Queued or Status.Working) } ended)
            {
                return ended;
            }

            await Task.Delay(TimeSpan.FromMilliseconds(10), TimeProvider.System, Cancel);
        }
    }

    /// <summary>Until the step has printed its first line, as the growing log tells.</summary>
    private async Task BegunAsync(TestCloud cloud, Build build)
    {
        var log = Path.Combine(State, "cloudbuild", "logs", $"log-{build.Id}.txt");
        while (!File.Exists(log) || !(await ReadAsync(log)).Contains("begun", StringComparison.Ordinal))
        {
            await cloud.GetAsync("/mlops/cloud");
        }
    }

    private static async Task<string> ReadAsync(string path)
    {
        using var file = new StreamReader(new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete));
        return await file.ReadToEndAsync(Cancel);
    }
}

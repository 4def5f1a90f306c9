using Google.Cloud.CloudBuild.V1;
using MlOps.LocalCloud.CloudBuild.EngineSockets;
using MlOps.LocalCloud.CloudBuild.Logs;
using MlOps.LocalCloud.CloudBuild.Running;
using MlOps.LocalCloud.CloudBuild.Serving;
using MlOps.LocalCloud.CloudBuild.Tables;
using MlOps.LocalCloud.CloudBuild.Triggers;
using MlOps.LocalCloud.Hosting;
using MlOps.LocalCloud.Operations;

namespace MlOps.LocalCloud.CloudBuild;

/// <summary>Cloud Build, put together. The host maps <see cref="Api"/> for gRPC and REST, and calls <see cref="ResumeAsync"/> once it serves.</summary>
internal sealed class CloudBuildService : IAsyncDisposable
{
    /// <summary>For <see cref="CloudDatabase"/>.</summary>
    public const string Schema = BuildTable.Schema + TriggerTable.Schema;

    private readonly BuildRunner _runner;

    public CloudBuildService(CloudDatabase database, CloudBuildOptions options)
    {
        EngineSocket.RemoveLeftOver(options.Instance);
        Builds = new BuildTable(database);
        _runner = new BuildRunner(options, Builds, new LogKeeping(options, Logs));
        Queue = new BuildQueue(Builds, _runner, options.Time, options.MaxBuilds);
        Intake = new BuildIntake(Builds, Queue, options.Time);
        TriggerTable = new TriggerTable(database);
        Firing = new TriggerFiring(Intake, Builds, options.Repositories, options.Time);
        Triggers = new TriggerCalls(TriggerTable, Firing, options.Secrets, options.Time);
        Pushes = new PushApi(new ReceivedPushes(TriggerTable, Firing, options.Repositories));
        Api = new LocalCloudBuild(Intake, Queue, Builds, Triggers);
    }

    public LocalCloudBuild Api { get; }

    public BuildTable Builds { get; }

    /// <summary>Builds' operations are told from the builds.</summary>
    public OwnOperations Operations => new(
        name => Named(name) is { } build ? BuildOperations.Of(build) : null,
        async name => await Queue.CancelAsync(Named(name)!.Name));

    public BuildQueue Queue { get; }

    public BuildIntake Intake { get; }

    public TriggerCalls Triggers { get; }

    public TriggerTable TriggerTable { get; }

    /// <summary>For what else starts triggers: messages of Pub/Sub.</summary>
    public TriggerFiring Firing { get; }

    /// <summary>For the route by which watched repositories tell of pushes.</summary>
    public PushApi Pushes { get; }

    /// <summary>For the route that serves a log while it grows.</summary>
    public LiveLogs Logs { get; } = new();

    /// <summary>Ends what an earlier process has left unfinished, and goes on with what it has left waiting.</summary>
    public async Task ResumeAsync(CancellationToken cancel)
    {
        Builds.Of(Build.Types.Status.Queued).ForEach(Queue.Add);

        // A build that has begun since this process serves is not one that was left.
        foreach (var left in Builds.Untidy().Where(build => Queue.Live(build.Name) is null && Builds.Find(build.Name)!.Equals(build)))
        {
            await _runner.EndLeftAsync(left, "The local cloud ended while the build ran, and took it along. Submit it again.", cancel);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await Queue.DisposeAsync();
        await _runner.DisposeAsync();
    }

    private Build? Named(string operation) =>
        BuildOperations.TryParse(operation, out var project, out var id) && Builds.FindById(project, id) is { } build ? Queue.Live(build.Name) ?? build : null;
}

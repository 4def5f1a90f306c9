using MlOps.Google;
using MlOps.Google.Cloud;
using MlOps.LocalCloud.Hosting;
using MlOps.Steps.Project;

namespace MlOps.Cli.Sessions;

/// <summary>
/// The cloud in which an environment lives: Google's, or a local one, which is joined where it runs and else started in this
/// process for as long as the verb lasts. <c>MLOPS_CLOUD</c> overrides where every environment lives (design.md).
/// </summary>
internal sealed class CloudAccess(GcpEndpoint endpoint, CloudSession? session) : IAsyncDisposable
{
    /// <summary>It is a local one that runs in this process.</summary>
    public bool EndsWithTheVerb => session is { IsOwner: true };

    public GcpEndpoint Endpoint => endpoint;

    /// <summary><c>MLOPS_CLOUD</c> says where every environment lives.</summary>
    public static bool IsChosen => Environment.GetEnvironmentVariable("MLOPS_CLOUD") is { Length: > 0 };

    /// <summary>To be called as early as possible by verbs that will most likely need a local cloud.</summary>
    public static void Prepare()
    {
        if (!IsChosen)
        {
            CloudSession.Prepare();
        }
    }

    /// <param name="maxParallel">Pipeline tasks side by side, in a local cloud that is started here.</param>
    public static async Task<CloudAccess> OpenAsync(DeliveryEnvironment environment, TimeProvider time, CancellationToken cancel, int? maxParallel = null)
    {
        var choice = CloudChoice.FromEnvironment() ?? (environment.Name == DeliveryEnvironment.LocalName ? new CloudChoice.OfThisMachine() : new CloudChoice.OfGoogle());
        switch (choice)
        {
            case CloudChoice.OfGoogle:
                return new CloudAccess(GcpEndpoint.Google, null);
            case CloudChoice.At at:
                return new CloudAccess((await LocalCloudAddress.AskAsync(at.Address, cancel)).Endpoint(), null);
            default:
                return await OnThisMachineAsync(time, cancel, maxParallel);
        }
    }

    public ValueTask DisposeAsync() => session?.DisposeAsync() ?? ValueTask.CompletedTask;

    /// <summary>The local cloud of this machine, whatever <c>MLOPS_CLOUD</c> says.</summary>
    public static async Task<CloudAccess> OnThisMachineAsync(TimeProvider time, CancellationToken cancel, int? maxParallel = null)
    {
        var session = await CloudSession.JoinOrStartAsync(new LocalCloudOptions(LocalCloudOptions.DefaultStateFolder) { Time = time, MaxParallel = maxParallel }, cancel);
        return new CloudAccess(GcpEndpoint.Local(session.Owner.Http, session.Owner.Grpc), session);
    }
}

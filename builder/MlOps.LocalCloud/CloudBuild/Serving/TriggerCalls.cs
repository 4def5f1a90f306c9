using Google.Cloud.CloudBuild.V1;
using Google.LongRunning;
using Google.Protobuf.WellKnownTypes;
using MlOps.LocalCloud.Hosting;

namespace MlOps.LocalCloud.CloudBuild.Serving;

/// <summary>The part of the CloudBuild service that is about triggers; the service's methods of the same names hand over to it.</summary>
internal sealed class TriggerCalls
{
    /// <param name="stateFolder">Cloud Build's own part of the cloud's state.</param>
    public TriggerCalls(CloudDatabase database, BuildIntake intake, TimeProvider time, string stateFolder) => _ = (database, intake, time, stateFolder);

    public Task<BuildTrigger> CreateAsync(CreateBuildTriggerRequest request) => throw new NotSupportedException();

    public Task<BuildTrigger> GetAsync(GetBuildTriggerRequest request) => throw new NotSupportedException();

    public Task<ListBuildTriggersResponse> ListAsync(ListBuildTriggersRequest request) => throw new NotSupportedException();

    public Task<Empty> DeleteAsync(DeleteBuildTriggerRequest request) => throw new NotSupportedException();

    public Task<BuildTrigger> UpdateAsync(UpdateBuildTriggerRequest request) => throw new NotSupportedException();

    public Task<Operation> RunAsync(RunBuildTriggerRequest request, CancellationToken cancel) => throw new NotSupportedException();

    public Task<ReceiveTriggerWebhookResponse> WebhookAsync(ReceiveTriggerWebhookRequest request, CancellationToken cancel) => throw new NotSupportedException();
}

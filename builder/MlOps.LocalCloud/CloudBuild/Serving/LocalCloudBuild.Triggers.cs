using Google.Cloud.CloudBuild.V1;
using Google.LongRunning;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;

namespace MlOps.LocalCloud.CloudBuild.Serving;

internal sealed partial class LocalCloudBuild
{
    public override Task<BuildTrigger> CreateBuildTrigger(CreateBuildTriggerRequest request, ServerCallContext context) => triggers.CreateAsync(request);

    public override Task<BuildTrigger> GetBuildTrigger(GetBuildTriggerRequest request, ServerCallContext context) => triggers.GetAsync(request);

    public override Task<ListBuildTriggersResponse> ListBuildTriggers(ListBuildTriggersRequest request, ServerCallContext context) => triggers.ListAsync(request);

    public override Task<Empty> DeleteBuildTrigger(DeleteBuildTriggerRequest request, ServerCallContext context) => triggers.DeleteAsync(request);

    public override Task<BuildTrigger> UpdateBuildTrigger(UpdateBuildTriggerRequest request, ServerCallContext context) => triggers.UpdateAsync(request);

    public override Task<Operation> RunBuildTrigger(RunBuildTriggerRequest request, ServerCallContext context) => triggers.RunAsync(request, context.CancellationToken);

    public override Task<ReceiveTriggerWebhookResponse> ReceiveTriggerWebhook(ReceiveTriggerWebhookRequest request, ServerCallContext context) =>
        triggers.WebhookAsync(request, context.CancellationToken);
}

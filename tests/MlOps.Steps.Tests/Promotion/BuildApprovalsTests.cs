using System.Text;
using Google.Cloud.CloudBuild.V1;
using Grpc.Net.Client;
using MlOps.Steps.Promotion;
using CloudBuildApi = Google.Cloud.CloudBuild.V1.CloudBuild;

namespace MlOps.Steps.Tests.Promotion;

/// <summary>Cloud Build's own approval, of a build that waits for one in the local Cloud Build.</summary>
public sealed class BuildApprovalsTests(PromotionLab lab) : IClassFixture<PromotionLab>
{
    private const string Parent = "projects/approvals/locations/global";

    private static CancellationToken Cancel => PromotionLab.Cancel;

    [Fact]
    public async Task Only_an_approved_build_is_approved()
    {
        using var channel = GrpcChannel.ForAddress(lab.Endpoint.Grpc!);
        var client = new CloudBuildApi.CloudBuildClient(channel);
        var trigger = await client.CreateBuildTriggerAsync(
            new CreateBuildTriggerRequest
            {
                Parent = Parent,
                Trigger = new BuildTrigger { Name = "promote", Build = new global::Google.Cloud.CloudBuild.V1.Build { Steps = { new BuildStep { Name = "busybox:1.36", Args = { "true" } } } }, ApprovalConfig = new ApprovalConfig { ApprovalRequired = true } },
            },
            cancellationToken: Cancel);
        async Task<string> WaitingAsync()
        {
            var operation = await client.RunBuildTriggerAsync(new RunBuildTriggerRequest { Name = trigger.ResourceName }, cancellationToken: Cancel);
            return operation.Metadata.Unpack<BuildOperationMetadata>().Build.Id;
        }

        Task<Steps.Promotion.Gates.ApprovedBuild?> FindAsync(string id) => BuildApprovals.FindAsync(lab.Endpoint, new Actor($"build {id}", $"{Parent}/builds/{id}"), Cancel);
        async Task DecideAsync(string id, string decision)
        {
            using var http = new HttpClient();
            using var body = new StringContent($$"""{"approvalResult": {"decision": "{{decision}}"} }""", Encoding.UTF8, "application/json");
            (await http.PostAsync(new Uri(lab.Endpoint.Http!, $"/v1/{Parent}/builds/{id}:approve"), body, Cancel)).EnsureSuccessStatusCode();
        }

        var (waiting, rejected, approved) = (await WaitingAsync(), await WaitingAsync(), await WaitingAsync());
        await DecideAsync(rejected, "REJECTED");
        await DecideAsync(approved, "APPROVED");

        Assert.Null(await FindAsync(waiting));
        Assert.Null(await FindAsync(rejected));
        Assert.Null(await FindAsync("00000000-0000-0000-0000-000000000000"));
        Assert.Null(await BuildApprovals.FindAsync(lab.Endpoint, new Actor("ann@example.com", null), Cancel));
        var found = await FindAsync(approved);
        // Not of a commit: it approves no release.
        Assert.Equal((approved, null, true), (found!.Build, found.Commit, found.Time > DateTimeOffset.UnixEpoch));
    }
}

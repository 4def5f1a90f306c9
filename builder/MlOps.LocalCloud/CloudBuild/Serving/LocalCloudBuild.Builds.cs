using Google.Cloud.CloudBuild.V1;
using Google.LongRunning;
using Grpc.Core;
using MlOps.LocalCloud.CloudBuild.Tables;
using MlOps.LocalCloud.Hosting;

namespace MlOps.LocalCloud.CloudBuild.Serving;

/// <summary>The CloudBuild service. Worker pools cannot be made here; every other call of it answers UNIMPLEMENTED.</summary>
internal sealed partial class LocalCloudBuild(BuildIntake intake, BuildQueue queue, BuildTable builds, TriggerCalls triggers) : global::Google.Cloud.CloudBuild.V1.CloudBuild.CloudBuildBase
{
    private const int LargestPage = 500;

    private static readonly IReadOnlyDictionary<string, string> NoBuiltIns = new Dictionary<string, string>(StringComparer.Ordinal);

    public override Task<Operation> CreateBuild(CreateBuildRequest request, ServerCallContext context) => intake.CreateAsync(
        BuildParent.Of(request.Parent, request.ProjectId).ToString(),
        request.Build ?? throw Rpc.Invalid("build is missing."),
        NoBuiltIns,
        approvalRequired: false,
        context.CancellationToken);

    public override Task<Build> GetBuild(GetBuildRequest request, ServerCallContext context) => Task.FromResult(Existing(BuildName.Of(request.Name, request.ProjectId, request.Id)));

    public override Task<ListBuildsResponse> ListBuilds(ListBuildsRequest request, ServerCallContext context)
    {
        var parent = BuildParent.Of(request.Parent, request.ProjectId);
        var page = Page.Of(request.PageSize, request.PageToken, LargestPage);
        var matches = BuildFilter.Parse(request.Filter);
        var found = builds.List(parent.ToString(), stored => matches(queue.Live(stored.Name) ?? stored), page.Skip, page.Size + 1);
        return Task.FromResult(new ListBuildsResponse { Builds = { found.Take(page.Size).Select(build => queue.Live(build.Name) ?? build) }, NextPageToken = page.Next(found.Count) });
    }

    public override async Task<Build> CancelBuild(CancelBuildRequest request, ServerCallContext context)
    {
        var build = Existing(BuildName.Of(request.Name, request.ProjectId, request.Id));
        if (build.Status.IsFinal())
        {
            throw Rpc.Precondition($"The build {build.Id} cannot be cancelled: it has ended already ({build.Status.Name()}).");
        }

        return await queue.CancelAsync(build.Name);
    }

    public override Task<Operation> RetryBuild(RetryBuildRequest request, ServerCallContext context) =>
        intake.RetryAsync(Existing(BuildName.Of(request.Name, request.ProjectId, request.Id)), context.CancellationToken);

    public override Task<Operation> ApproveBuild(ApproveBuildRequest request, ServerCallContext context)
    {
        var build = Existing(BuildName.Of(request.Name, "", ""));
        return Task.FromResult(BuildOperations.Of(intake.Approve(build, request.ApprovalResult ?? throw Rpc.Invalid("approval_result is missing."))));
    }

    public override Task<ListWorkerPoolsResponse> ListWorkerPools(ListWorkerPoolsRequest request, ServerCallContext context) => Task.FromResult(new ListWorkerPoolsResponse());

    private Build Existing(BuildName name) =>
        queue.Live(name.ToString()) ?? builds.Find(name.ToString()) ?? throw Rpc.NotFound($"There is no build {name}.");
}

using System.Runtime.CompilerServices;
using Google.Cloud.CloudBuild.V1;
using Google.LongRunning;
using Grpc.Core;
using MlOps.Google.Errors;
using MlOps.Google.Http;
using MlOps.Google.Retry;

namespace MlOps.Google.Grpc;

/// <summary>Cloud Build in one project and location, through Google's generated client (google/devtools/cloudbuild/v1/cloudbuild.proto). This part: builds.</summary>
/// <param name="project">Its id.</param>
/// <param name="location"><c>global</c>, or a region.</param>
public sealed partial class CloudBuilds(GrpcChannels channels, string project, string location = CloudBuilds.Global)
{
    /// <summary>Where builds are that name no region.</summary>
    public const string Global = "global";

    private readonly CloudBuild.CloudBuildClient _client = new(channels.CloudBuild());
    private readonly GrpcRetry _retry = new(channels.Policy, new ServiceHost("cloudbuild.googleapis.com", channels.Endpoint.CloudBuild));

    /// <summary><c>projects/P/locations/L</c>.</summary>
    public string Parent { get; } = $"projects/{project}/locations/{location}";

    public string Project => project;

    public GcpEndpoint Endpoint => channels.Endpoint;

    public string BuildName(string id) => $"{Parent}/builds/{id}";

    /// <summary>Queues a build. It is not tried again where the answer is lost: a second build would run.</summary>
    /// <returns>The build as the service took it, with its id.</returns>
    /// <exception cref="CloudException">It was refused.</exception>
    public async Task<Build> CreateAsync(Build build, CancellationToken cancel)
    {
        var request = new CreateBuildRequest { Parent = Parent, ProjectId = project, Build = build };
        return Accepted(await _retry.OnceAsync("start the build", token => _client.CreateBuildAsync(request, Options(token)), cancel));
    }

    /// <summary>A build by its id; null where there is none.</summary>
    public async Task<Build?> GetAsync(string id, CancellationToken cancel)
    {
        var request = new GetBuildRequest { Name = BuildName(id), ProjectId = project, Id = id };
        try
        {
            return await _retry.RepeatableAsync($"tell about the build {id}", token => _client.GetBuildAsync(request, Options(token)), cancel);
        }
        catch (CloudException error) when (error.Status == StatusCode.NotFound)
        {
            return null;
        }
    }

    /// <summary>Builds, newest first, every page.</summary>
    /// <param name="filter">As gcloud's, such as <c>status="SUCCESS" AND tags="foo"</c>; empty for all.</param>
    /// <param name="cancel">Ends the listing.</param>
    public async IAsyncEnumerable<Build> ListAsync(string filter, [EnumeratorCancellation] CancellationToken cancel)
    {
        var request = new ListBuildsRequest { Parent = Parent, ProjectId = project, Filter = filter, PageSize = 100 };
        do
        {
            var page = await _retry.RepeatableAsync("list builds", token => _client.ListBuildsAsync(request, Options(token)), cancel);
            foreach (var build in page.Builds)
            {
                yield return build;
            }

            request.PageToken = page.NextPageToken;
        }
        while (request.PageToken.Length > 0);
    }

    /// <summary>Cancels a build; null where there is none, or where it has ended already.</summary>
    public async Task<Build?> CancelAsync(string id, CancellationToken cancel)
    {
        var request = new CancelBuildRequest { Name = BuildName(id), ProjectId = project, Id = id };
        try
        {
            return await _retry.RepeatableAsync($"cancel the build {id}", token => _client.CancelBuildAsync(request, Options(token)), cancel);
        }
        catch (CloudException error) when (error.Status is StatusCode.NotFound or StatusCode.FailedPrecondition)
        {
            // Nothing runs under that id any more: what was asked for is so.
            return null;
        }
    }

    /// <summary>Approves or rejects a build that waits for it.</summary>
    public async Task<Build> ApproveAsync(string id, ApprovalResult result, CancellationToken cancel)
    {
        var request = new ApproveBuildRequest { Name = BuildName(id), ApprovalResult = result };
        return Accepted(await _retry.OnceAsync($"decide about the build {id}", token => _client.ApproveBuildAsync(request, Options(token)), cancel));
    }

    private static Build Accepted(Operation operation) => operation.Metadata.Unpack<BuildOperationMetadata>().Build;

    private CallOptions Options(CancellationToken cancel) => channels.Options("location", location, cancel);
}

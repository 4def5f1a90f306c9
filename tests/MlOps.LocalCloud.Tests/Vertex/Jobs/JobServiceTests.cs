using Google.Cloud.AIPlatform.V1;
using Grpc.Core;

namespace MlOps.LocalCloud.Tests.Vertex.Jobs;

/// <summary>The service's contract, with jobs that need no engine: their image has no valid place.</summary>
public sealed class JobServiceTests(TestVertex vertex) : IClassFixture<TestVertex>
{
    private static async Task<Status> RefusedAsync(Func<Task> call) => (await Assert.ThrowsAsync<RpcException>(call)).Status;

    private static CustomJob Short(string name)
    {
        var job = Specs.Job(Specs.Shell("true"));
        job.DisplayName = name;
        job.JobSpec.WorkerPoolSpecs[0].ContainerSpec.ImageUri = "127.0.0.1:9/none:1";
        return job;
    }

    [Fact]
    public async Task Jobs_are_found_listed_filtered_paged_and_deleted()
    {
        const string parent = "projects/listing/locations/us-central1";
        var created = new List<CustomJob>();
        foreach (var name in new[] { "train-a", "train-b", "other" })
        {
            var job = Short(name);
            job.Labels["commit"] = name;
            created.Add(await vertex.Jobs.CreateCustomJobAsync(new CreateCustomJobRequest { Parent = parent, CustomJob = job }, cancellationToken: TestVertex.Cancel));
            await vertex.JobEndedAsync(created[^1].Name);
        }

        Assert.All(created, job => Assert.Matches("^projects/listing/locations/us-central1/customJobs/[1-9][0-9]{18}$", job.Name));
        Assert.All(created, job => Assert.Equal(JobState.Queued, job.State));
        async Task<(string[] Names, string Next)> ListAsync(string filter = "", int size = 0, string token = "")
        {
            var listed = await vertex.Jobs.ListCustomJobsAsync(new ListCustomJobsRequest { Parent = parent, Filter = filter, PageSize = size, PageToken = token }, cancellationToken: TestVertex.Cancel);
            return ([.. listed.CustomJobs.Select(job => job.DisplayName)], listed.NextPageToken);
        }

        Assert.Equal(["other", "train-b", "train-a"], (await ListAsync()).Names);
        Assert.Equal(["train-b", "train-a"], (await ListAsync("display_name=\"train*\" AND state=\"JOB_STATE_FAILED\"")).Names);
        Assert.Equal(["train-a"], (await ListAsync("labels.commit=train-a")).Names);
        var (first, next) = await ListAsync(size: 2);
        Assert.Equal(["other", "train-b"], first);
        Assert.Equal(["train-a"], (await ListAsync(size: 2, token: next)).Names);
        var masked = await vertex.Jobs.ListCustomJobsAsync(new ListCustomJobsRequest { Parent = parent, ReadMask = new() { Paths = { "name" } } }, cancellationToken: TestVertex.Cancel);
        Assert.All(masked.CustomJobs, job => Assert.Equal(new CustomJob { Name = job.Name }, job));

        var operation = await vertex.Jobs.DeleteCustomJobAsync(new DeleteCustomJobRequest { Name = created[0].Name }, cancellationToken: TestVertex.Cancel);
        Assert.True(operation.Done);
        Assert.Equal(StatusCode.NotFound, (await RefusedAsync(() => vertex.GetJobAsync(created[0].Name))).StatusCode);
        Assert.Equal(StatusCode.InvalidArgument, (await RefusedAsync(() => ListAsync("nonsense=1"))).StatusCode);
        Assert.Equal(StatusCode.NotFound, (await RefusedAsync(async () => await vertex.Jobs.CancelCustomJobAsync(new CancelCustomJobRequest { Name = created[0].Name }, cancellationToken: TestVertex.Cancel))).StatusCode);
    }

    [Fact]
    public async Task All_problems_of_a_job_are_told_at_once()
    {
        var job = Short("");
        job.JobSpec.WorkerPoolSpecs[0].ReplicaCount = 2;
        job.JobSpec.WorkerPoolSpecs[0].MachineSpec = null;
        job.JobSpec.WorkerPoolSpecs[0].ContainerSpec.ImageUri = "";
        job.JobSpec.WorkerPoolSpecs[0].ContainerSpec.Env.Add(new EnvVar { Name = "a b" });
        job.JobSpec.BaseOutputDirectory = new GcsDestination { OutputUriPrefix = "/tmp/x" };
        var refusal = await RefusedAsync(() => vertex.StartAsync(job));

        Assert.Equal(StatusCode.InvalidArgument, refusal.StatusCode);
        foreach (var said in new[] { "displayName", "[0].replicaCount is 2", "[0].machineSpec.machineType is missing", "[0].containerSpec.imageUri is missing", "'a b' is not a variable's name", "'/tmp/x' is not of the form gs://" })
        {
            Assert.Contains(said, refusal.Detail);
        }

        Assert.Contains("jobSpec.workerPoolSpecs[0] is missing", (await RefusedAsync(() => vertex.StartAsync(new CustomJob { DisplayName = "x" }))).Detail);
    }
}

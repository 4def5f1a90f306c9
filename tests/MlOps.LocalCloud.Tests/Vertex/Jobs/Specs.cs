using Google.Cloud.AIPlatform.V1;
using Google.Protobuf;

namespace MlOps.LocalCloud.Tests.Vertex.Jobs;

/// <summary>Writes small jobs, and waits for them.</summary>
internal static class Specs
{
    public const string Bucket = "jobs-bucket";

    /// <summary>A pool of replicas that run a shell script in busybox; further arguments are <c>$0</c>, <c>$1</c> ….</summary>
    public static WorkerPoolSpec Shell(string script, params string[] arguments) => new()
    {
        ReplicaCount = 1,
        MachineSpec = new MachineSpec { MachineType = "n1-standard-4" },
        ContainerSpec = new ContainerSpec { ImageUri = TestVertex.Busybox, Command = { "sh", "-ec", script }, Args = { arguments } },
    };

    public static CustomJob Job(params WorkerPoolSpec[] pools) => new() { DisplayName = "test", JobSpec = new CustomJobSpec { WorkerPoolSpecs = { pools } } };

    public static async Task<CustomJob> StartAsync(this TestVertex vertex, CustomJob job) =>
        await vertex.Jobs.CreateCustomJobAsync(new CreateCustomJobRequest { Parent = TestVertex.Parent, CustomJob = job }, cancellationToken: TestVertex.Cancel);

    public static async Task<CustomJob> GetJobAsync(this TestVertex vertex, string name) => await vertex.Jobs.GetCustomJobAsync(new GetCustomJobRequest { Name = name }, cancellationToken: TestVertex.Cancel);

    public static async Task<CustomJob> EndedJobAsync(this TestVertex vertex, string name)
    {
        await vertex.JobEndedAsync(name);
        return await vertex.GetJobAsync(name);
    }

    public static async Task<CustomJob> RunAsync(this TestVertex vertex, CustomJob job) => await vertex.EndedJobAsync((await vertex.StartAsync(job)).Name);

    public static async Task<HyperparameterTuningJob> RunAsync(this TestVertex vertex, HyperparameterTuningJob job)
    {
        var created = await vertex.Jobs.CreateHyperparameterTuningJobAsync(new CreateHyperparameterTuningJobRequest { Parent = TestVertex.Parent, HyperparameterTuningJob = job }, cancellationToken: TestVertex.Cancel);
        await vertex.JobEndedAsync(created.Name);
        return await vertex.Jobs.GetHyperparameterTuningJobAsync(new GetHyperparameterTuningJobRequest { Name = created.Name }, cancellationToken: TestVertex.Cancel);
    }

    public static async Task<BatchPredictionJob> RunAsync(this TestVertex vertex, BatchPredictionJob job)
    {
        var created = await vertex.Jobs.CreateBatchPredictionJobAsync(new CreateBatchPredictionJobRequest { Parent = TestVertex.Parent, BatchPredictionJob = job }, cancellationToken: TestVertex.Cancel);
        await vertex.JobEndedAsync(created.Name);
        return await vertex.Jobs.GetBatchPredictionJobAsync(new GetBatchPredictionJobRequest { Name = created.Name }, cancellationToken: TestVertex.Cancel);
    }

    public static void Write(this TestVertex vertex, string uri, string text)
    {
        var path = Path.Combine(vertex.StorageFolder, uri["gs://".Length..]);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, text);
    }

    public static string Read(this TestVertex vertex, string uri) => File.ReadAllText(Path.Combine(vertex.StorageFolder, uri["gs://".Length..]));

    public static string Told(this IMessage job) => JsonFormatter.Default.Format(job);
}

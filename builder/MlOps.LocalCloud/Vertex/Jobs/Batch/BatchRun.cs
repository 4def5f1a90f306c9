using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using Google.Cloud.AIPlatform.V1;
using Google.Protobuf;
using MlOps.LocalCloud.Vertex.Jobs.Work;
using MlOps.LocalCloud.Vertex.Pipelines;
using MlOps.LocalCloud.Vertex.Pipelines.Values;
using OutputInfo = Google.Cloud.AIPlatform.V1.BatchPredictionJob.Types.OutputInfo;

namespace MlOps.LocalCloud.Vertex.Jobs.Batch;

/// <summary>
/// A batch prediction job: one container of the model, which is asked batch by batch. Output appears when the job has
/// ended, so a job that a restart interrupted begins again.
/// </summary>
internal sealed class BatchRun(JobRun run, BatchPredictionJob job, JobServices services)
{
    private const int DefaultBatch = 64, LongestMessage = 1000;

    public static async Task<JobEnd> RunAsync(JobRun run, BatchPredictionJob job, JobServices services, LeftBehind leftBehind, CancellationToken cancel)
    {
        await leftBehind.RemoveAsync(services, job.Name);
        return await new BatchRun(run, job, services).RunAsync(cancel);
    }

    /// <summary>The model that a job names.</summary>
    /// <exception cref="TaskFaultException">There is none, or it has no container.</exception>
    public static async Task<ServedModel> ModelAsync(BatchPredictionJob job, VertexOptions options, CancellationToken cancel)
    {
        if (job.UnmanagedContainerModel is { } unmanaged)
        {
            return new ServedModel(job.DisplayName, unmanaged.ArtifactUri, unmanaged.ContainerSpec);
        }

        var model = await options.ModelAsync(job.Model, cancel) ?? throw new TaskFaultException(BatchCheck.NoModel(job));
        return model.ContainerSpec is { ImageUri.Length: > 0 } container
            ? new ServedModel(model.DisplayName, model.ArtifactUri, container)
            : throw new TaskFaultException($"The model {job.Model} has no containerSpec, and only models with a container are run here.");
    }

    private async Task<JobEnd> RunAsync(CancellationToken cancel)
    {
        var model = await ModelAsync(job, services.Options, cancel);
        var files = BatchFiles.Find(services.Options.StorageFolder, job.InputConfig.GcsSource.Uris);
        using var output = new BatchOutput(Path.Combine(services.Options.StateFolder, "work", job.Name));
        await using (var server = await ModelServer.StartAsync(services, job.Name, model, cancel))
        {
            run.Started();
            foreach (var file in files)
            {
                await FileAsync(file, server, model.PredictRoute(job.Name), output, cancel);
                run.Change<BatchPredictionJob>(now => now.CompletionStats = output.Stats.Clone());
            }
        }

        if (output.Stats.SuccessfulCount == 0)
        {
            return JobEnd.Failed(StatusCode.InvalidArgument, output.Failures is [var first, ..] ? $"No instance of {output.Stats.FailedCount} could be predicted. The first failure: {first.Message}" : "The input holds no instances.");
        }

        var directory = BatchOutput.Location(job.OutputConfig.GcsDestination.OutputUriPrefix, model.Label, job.CreateTime.ToDateTimeOffset());
        await output.ImportAsync(services.Options, directory);
        run.Change<BatchPredictionJob>(now =>
        {
            now.OutputInfo = new OutputInfo { GcsOutputDirectory = directory };
            now.PartialFailures.AddRange(output.Failures);
        });
        return JobEnd.Of(JobState.Succeeded);
    }

    private async Task FileAsync(string file, ModelServer server, string route, BatchOutput output, CancellationToken cancel)
    {
        using var text = new StreamReader(new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete));
        var size = job.ManualBatchTuningParameters is { BatchSize: > 0 and var given } ? given : DefaultBatch;
        foreach (var batch in new InstanceReading(job.InputConfig.InstancesFormat, job.InstanceConfig).Read(text).Chunk(size))
        {
            var instances = batch.Select(read => Instance(read, output)).OfType<Instance>().ToList();
            if (instances.Count > 0)
            {
                await PredictAsync(instances, server, route, output, cancel);
            }
        }
    }

    private static Instance? Instance(Func<Instance> read, BatchOutput output)
    {
        try
        {
            return read();
        }
        catch (InstanceFaultException fault)
        {
            output.Failed(instance: null, StatusCode.InvalidArgument, fault.Message);
            return null;
        }
    }

    private async Task PredictAsync(List<Instance> instances, ModelServer server, string route, BatchOutput output, CancellationToken cancel)
    {
        var body = new JsonObject { ["instances"] = new JsonArray([.. instances.Select(instance => instance.Sent?.DeepClone())]) };
        if (job.ModelParameters is not null)
        {
            body["parameters"] = JsonNode.Parse(JsonFormatter.Default.Format(job.ModelParameters));
        }

        var (status, answer) = await server.PredictAsync(route, Json.Text(Json.Of((JsonNode)body)), cancel);
        if (status == HttpStatusCode.OK && Predictions(answer) is { } predictions && predictions.Count == instances.Count)
        {
            foreach (var (instance, prediction) in instances.Zip(predictions))
            {
                output.Succeeded(instance, prediction);
            }

            return;
        }

        var (code, why) = status == HttpStatusCode.OK
            ? (StatusCode.Internal, $"Expected {{\"predictions\": […]}} with {instances.Count} predictions; the model answered {Cut(answer)}")
            : ((int)status < 500 ? StatusCode.InvalidArgument : StatusCode.Internal, $"The model answered {(int)status}: {Cut(answer)}");
        instances.ForEach(instance => output.Failed(instance, code, why));
    }

    private static JsonArray? Predictions(string answer)
    {
        try
        {
            return JsonNode.Parse(answer)?["predictions"] as JsonArray;
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException)
        {
            return null;
        }
    }

    private static string Cut(string text) => text.Length <= LongestMessage ? text : text[..LongestMessage] + "…";
}

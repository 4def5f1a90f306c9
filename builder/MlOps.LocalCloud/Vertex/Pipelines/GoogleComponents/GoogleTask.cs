using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Google.Cloud.AIPlatform.V1;
using Google.Protobuf;
using Grpc.Core;
using MlOps.Core.Files;
using MlOps.Core.Images;
using MlOps.LocalCloud.Vertex.Jobs;
using MlOps.LocalCloud.Vertex.Jobs.Batch;
using MlOps.LocalCloud.Vertex.Jobs.Serving;
using MlOps.LocalCloud.Vertex.Pipelines.Executing;
using MlOps.LocalCloud.Vertex.Pipelines.Interpreting;
using MlOps.LocalCloud.Vertex.Pipelines.Placeholders;
using MlOps.LocalCloud.Vertex.Pipelines.Spec;
using MlOps.LocalCloud.Vertex.Pipelines.Values;

namespace MlOps.LocalCloud.Vertex.Pipelines.GoogleComponents;

/// <summary>
/// One attempt at a task whose effect is a job: the job is made by the same code as behind JobService, followed to its
/// end, and its outputs are written as the launcher writes them. What calls another service ends UNIMPLEMENTED and tells
/// the request.
/// </summary>
internal sealed class GoogleTask(VertexOptions options, JobDesk desk, TaskRequest request, CancellationToken abandon)
{
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true, NewLine = "\n" };
    private static readonly JsonParser Parser = new(JsonParser.Settings.Default);
    private readonly ExecutorInput _input = request.ExecutorInput();

    private string Folder => Path.Combine(options.StorageFolder, request.OutputUri["gs://".Length..]);

    /// <exception cref="TaskFaultException">The launcher's arguments cannot be read.</exception>
    public async Task<Outcome> RunAsync(string module, Executor.Container executor, CancellationToken cancel)
    {
        var launcher = Launcher.Of(module, executor, new TaskPlaceholders(request.Run, request.Task, request.Component, _input));
        if (Job(launcher) is not { } job)
        {
            return Outcome.Failed(StatusCode.Unimplemented, RemoteRequest.Of(launcher, _input, options.Time.GetUtcNow()).Told(request.Task.Name));
        }

        var name = $"projects/{launcher.Required("project")}/locations/{launcher.Required("location")}/{job.Collection}/{Id}";
        if (desk.Find(name) is null && await RefusedAsync(name, job.Message, job.Collection) is { } refused)
        {
            return refused;
        }

        await WriteAsync(launcher.Required("gcp_resources"), Resources(launcher, name));
        return await FollowAsync(name, launcher, cancel);
    }

    /// <summary>The job's number: the same for the same attempt, so that a restart finds it again.</summary>
    private string Id => JobKinds.IdOf(Convert.FromHexString(Digest.Of(string.Create(CultureInfo.InvariantCulture, $"{request.Run.Uuid}\0{request.Task.Id}\0{request.Attempt}")).Hex).AsSpan(0, 8));

    private (string Collection, IMessage Message)? Job(Launcher launcher)
    {
        var name = launcher.Module[(launcher.Module.IndexOf('.', StringComparison.Ordinal) + 1)..];
        return name switch
        {
            "custom_job.launcher" => (JobKinds.Custom, Read<CustomJob>(Payload(launcher))),
            "hyperparameter_tuning_job.launcher" => (JobKinds.Tuning, Read<HyperparameterTuningJob>(Payload(launcher))),
            "batch_prediction_job.launcher" when IsHere(Batch(launcher)) => (JobKinds.Batch, Read<BatchPredictionJob>(Batch(launcher))),
            _ => null,
        };
    }

    private static JsonObject Payload(Launcher launcher)
    {
        var payload = PayloadJson.WithoutEmpty(PayloadJson.Read("payload", launcher.Required("payload")));

        // The API takes it with FLEX_START alone (custom_job/remote_runner.py).
        if (payload["job_spec"]?["scheduling"] is JsonObject scheduling && scheduling["strategy"]?.ToString() is { } strategy && strategy != "FLEX_START")
        {
            scheduling.Remove("max_wait_duration");
        }

        return payload;
    }

    // batch_prediction_job/remote_runner.py: a model that is no resource comes as an artifact.
    private JsonObject Batch(Launcher launcher)
    {
        var payload = PayloadJson.Read("payload", launcher.Required("payload"));
        if (_input.Artifacts.TryGetValue("unmanaged_container_model", out var artifacts) && artifacts is [var artifact, ..])
        {
            var model = PayloadJson.SnakeCase(Json.Node(artifact.Metadata)) as JsonObject ?? [];
            model["artifact_uri"] = artifact.Uri;
            payload["unmanaged_container_model"] = model;
        }

        return PayloadJson.WithoutEmpty(payload);
    }

    private static bool IsHere(JsonObject batch) => batch["input_config"]?["bigquery_source"] is null && batch["output_config"]?["bigquery_destination"] is null;

    private static T Read<T>(JsonObject payload)
        where T : class, IMessage<T>, new()
    {
        try
        {
            return Parser.Parse<T>(payload.ToJsonString());
        }
        catch (Exception error) when (error is InvalidProtocolBufferException or InvalidJsonException)
        {
            throw new TaskFaultException($"--payload is no {typeof(T).Name}: {error.Message} It is: {payload.ToJsonString()}", error);
        }
    }

    private async Task<Outcome?> RefusedAsync(string name, IMessage job, string collection)
    {
        // A repeated attempt begins with a clean folder, in which the image's user, whoever that is, can write.
        if (Directory.Exists(Folder))
        {
            Directory.Delete(Folder, recursive: true);
        }

        Directory.CreateDirectory(Folder);
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(Folder, (UnixFileMode)0b111_111_111);
        }

        try
        {
            if (await BatchCheck.MissingModelAsync(job as BatchPredictionJob, options, abandon) is { } missing)
            {
                return Outcome.Failed(StatusCode.NotFound, $"The task '{request.Task.Name}' failed. {missing}");
            }

            desk.Create(JobKinds.Parent(name), collection, job, JobKinds.Id(name));
            return null;
        }
        catch (RpcException refusal)
        {
            return Outcome.Failed((int)refusal.StatusCode, $"The task '{request.Task.Name}' failed. Its job was refused: {refusal.Status.Detail}");
        }
    }

    private async Task<Outcome> FollowAsync(string name, Launcher launcher, CancellationToken cancel)
    {
        try
        {
            await desk.Ended(name).WaitAsync(cancel);
        }
        catch (OperationCanceledException) when (!abandon.IsCancellationRequested)
        {
            desk.Cancel<IMessage>(name);
            await desk.Ended(name).WaitAsync(abandon);
            return Outcome.Cancelled;
        }

        var ended = desk.Find(name) ?? throw new TaskFaultException($"Its job {name} was deleted.");
        return ended.State() == JobState.Succeeded
            ? await SuccessAsync(ended, launcher)
            : !JobStates.IsFinal(ended.State()) ? throw new OperationCanceledException(abandon)
            : Outcome.Failed(StatusCode.FailedPrecondition, $"The task '{request.Task.Name}' failed. Its job {name} ended with {ended.Text("state")}: {ended.Error()?.Message}", retryable: true);
    }

    private async Task<Outcome> SuccessAsync(IMessage job, Launcher launcher)
    {
        try
        {
            if (job is BatchPredictionJob batch)
            {
                await WriteAsync(_input.OutputFile, BatchOutputs(batch));
            }
            else if (job is HyperparameterTuningJob tuning && launcher["execution_metrics"] is { Length: > 0 } metrics)
            {
                var succeeded = tuning.Trials.Count(trial => trial.State == Trial.Types.State.Succeeded);
                await WriteAsync(metrics, string.Create(CultureInfo.InvariantCulture, $"{{\"success_trials_count\": {succeeded}, \"total_trials_count\": {tuning.Trials.Count}}}"));
            }

            var outputs = OutputReading.Read(request.Component, _input, Folder);
            return Outcome.Succeeded(outputs with { Artifacts = ArtifactIds.Given(request, outputs.Artifacts) });
        }
        catch (TaskFaultException fault)
        {
            return Outcome.Failed(StatusCode.FailedPrecondition, $"The task '{request.Task.Name}' failed. {fault.Message}", retryable: true);
        }
    }

    // container/utils/artifact_utils.py and types/artifact_types.py.
    private string BatchOutputs(BatchPredictionJob job)
    {
        var artifacts = new JsonObject();
        void Add(string key, string uri, JsonObject metadata)
        {
            if (_input.OutputArtifacts.TryGetValue(key, out var provisioned))
            {
                var artifact = provisioned[0].ToJson();
                (artifact["uri"], artifact["metadata"]) = (uri, metadata);
                artifacts[key] = new JsonObject { ["artifacts"] = new JsonArray(artifact) };
            }
        }

        var directory = job.OutputInfo.GcsOutputDirectory;
        Add("batchpredictionjob", Uri(job.Name), new JsonObject { ["resourceName"] = job.Name, ["bigqueryOutputTable"] = "", ["bigqueryOutputDataset"] = "", ["gcsOutputDirectory"] = directory });
        Add("gcs_output_directory", directory, []);
        return Json.Text(Json.Of(new JsonObject { ["artifacts"] = artifacts }));
    }

    // gcp_resources.proto, as protobuf's Python writes it.
    private static string Resources(Launcher launcher, string name) =>
        new JsonObject { ["resources"] = new JsonArray(new JsonObject { ["resourceType"] = launcher["type"], ["resourceUri"] = Uri(name) }) }.ToJsonString(Indented);

    private static string Uri(string name) => $"https://{name.Split('/')[3]}-aiplatform.googleapis.com/v1/{name}";

    /// <summary>Writes a file of the container's as an object of Storage.</summary>
    private async Task WriteAsync(string path, string text)
    {
        if (!path.StartsWith("/gcs/", StringComparison.Ordinal))
        {
            throw new TaskFaultException($"The launcher's output {path} is not below /gcs.");
        }

        var place = path["/gcs/".Length..];
        var slash = place.IndexOf('/', StringComparison.Ordinal);
        var written = Path.Combine(Directory.CreateDirectory(Path.Combine(options.StateFolder, "work")).FullName, $"{Id}-{Path.GetFileName(path)}");
        AtomicFile.Write(written, Encoding.UTF8.GetBytes(text));
        await options.ImportAsync(place[..slash], place[(slash + 1)..], written, CancellationToken.None);
    }
}

using System.Net;
using System.Text.Json.Nodes;
using Google.Cloud.AIPlatform.V1;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Grpc.Net.Client;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using MlOps.Containers;
using MlOps.Core.Problems;
using MlOps.LocalCloud.Hosting;
using MlOps.LocalCloud.Operations;
using MlOps.LocalCloud.Storage;
using MlOps.LocalCloud.Vertex;
using MlOps.LocalCloud.Vertex.Pipelines.Executing;
using MlOps.Testing;

namespace MlOps.LocalCloud.Tests.Vertex;

/// <summary>The local Vertex AI of a test's own, over a real socket and on the real engine; it can be restarted on its state.</summary>
public sealed class TestVertex : IAsyncLifetime
{
    public const string Busybox = "busybox:1.36";
    public const string Parent = "projects/test/locations/us-central1";
    private readonly TemporaryFolder _folder = new();
    private readonly string _instance = $"test-{Guid.NewGuid():N}";
    private CloudDatabase _database = null!;
    private StorageService _storage = null!;
    private VertexService _vertex = null!;
    private WebApplication _app = null!;
    private GrpcChannel _channel = null!;

    public PipelineService.PipelineServiceClient Client { get; private set; } = null!;

    public MetadataService.MetadataServiceClient Metadata { get; private set; } = null!;

    public JobService.JobServiceClient Jobs { get; private set; } = null!;

    public string StorageFolder => _storage.Folder;

    public string LogFolder => Path.Combine(_folder.Path, "cloud", "vertex", "logs", Parent);

    internal PipelineTemplate? Template { get; set; }

    internal int MaxParallel { get; set; } = 8;

    internal bool SharesFiles { get; set; } = true;

    /// <summary>No run of a test takes so long; one that hangs fails its test, and not the whole suite.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(90);

    public static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        var state = Path.Combine(_folder.Path, "cloud");
        Directory.CreateDirectory(state);
        _database = new CloudDatabase(state, ObjectTable.Schema, OperationsTable.Schema, VertexService.Schema);
        _storage = new StorageService(_database, new LocalCloudOptions(state));
        Directory.CreateDirectory(_storage.Folder);
        _vertex = new VertexService(_database, new OperationsTable(_database, TimeProvider.System), new VertexOptions(Path.Combine(state, "vertex"), _storage.Folder, _instance)
        {
            ImportAsync = (bucket, name, path, cancel) => _storage.Objects.ImportFileAsync(bucket, name, path, cancel),
            TemplateAsync = (_, _) => Task.FromResult(Template),
            MaxParallel = MaxParallel,
            SharesFiles = SharesFiles,
        });
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0, listen => listen.Protocols = HttpProtocols.Http2));
        builder.Services.AddRoutingCore();
        builder.Services.AddGrpc();
        builder.Services.AddSingleton(_vertex.Pipelines);
        builder.Services.AddSingleton(_vertex.Metadata);
        builder.Services.AddSingleton(_vertex.Jobs);
        _app = builder.Build();
        _app.UseRouting();
        _app.MapGrpcService<LocalCloud.Vertex.Pipelines.Serving.LocalPipelineService>();
        _app.MapGrpcService<LocalCloud.Vertex.Metadata.Serving.LocalMetadataService>();
        _app.MapGrpcService<LocalCloud.Vertex.Jobs.Serving.LocalJobService>();
        await _app.StartAsync(Cancel);
        var address = _app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single();
        _channel = GrpcChannel.ForAddress(address);
        Client = new PipelineService.PipelineServiceClient(_channel);
        Metadata = new MetadataService.MetadataServiceClient(_channel);
        Jobs = new JobService.JobServiceClient(_channel);
        await _vertex.ResumeAsync(Cancel);
    }

    /// <summary>Skips where there is no engine or an image is missing.</summary>
    public static async Task<ContainerEngine> EngineAsync(params string[] images)
    {
        ContainerEngine engine;
        try
        {
            engine = await ContainerEngine.ConnectAsync(Cancel);
        }
        catch (MachineLacksException error)
        {
            Assert.Skip(error.Message);
            throw;
        }

        foreach (var image in images)
        {
            Assert.SkipUnless(await engine.Images.ExistsAsync(image, Cancel), $"The engine has no image {image}; `make base-images` makes it.");
        }

        return engine;
    }

    public PipelineJob Job(JsonObject spec, params (string Name, string Json)[] parameters)
    {
        var runtime = new PipelineJob.Types.RuntimeConfig { GcsOutputDirectory = "gs://test-bucket/root" };
        foreach (var (name, json) in parameters)
        {
            runtime.ParameterValues[name] = global::Google.Protobuf.WellKnownTypes.Value.Parser.ParseJson(json);
        }

        return new PipelineJob { PipelineSpec = Struct.Parser.ParseJson(spec.ToJsonString()), RuntimeConfig = runtime };
    }

    public async Task<PipelineJob> CreateAsync(PipelineJob job, string id = "") =>
        await Client.CreatePipelineJobAsync(new CreatePipelineJobRequest { Parent = Parent, PipelineJobId = id, PipelineJob = job }, cancellationToken: Cancel);

    public async Task<PipelineJob> GetAsync(string name) => await Client.GetPipelineJobAsync(new GetPipelineJobRequest { Name = name }, cancellationToken: Cancel);

    /// <summary>The job once it has ended.</summary>
    public async Task<PipelineJob> EndedAsync(string name)
    {
        await _vertex.Runner.Ended(name).WaitAsync(Patience, Cancel);
        return await GetAsync(name);
    }

    public async Task<PipelineJob> RunAsync(JsonObject spec, params (string Name, string Json)[] parameters) =>
        await EndedAsync((await CreateAsync(Job(spec, parameters))).Name);

    /// <summary>Waits for a task's state by its own containers' log, without asking the clock: the file is there once it printed.</summary>
    public async Task PrintedAsync(string job, string task, string text)
    {
        var folder = Path.Combine(LogFolder, job[(job.LastIndexOf('/') + 1)..]);
        await HoldsAsync(
            () => Directory.Exists(folder) && Directory.EnumerateFiles(folder, $"{task}_*").Any(file => Read(file).Contains(text, StringComparison.Ordinal)),
            $"'{task}' of {job} did not print '{text}'");
    }

    /// <summary>Waits until something holds, but no longer than any test's run takes.</summary>
    public static Task HoldsAsync(Func<bool> holds, string otherwise) => HoldsAsync(() => Task.FromResult(holds()), otherwise);

    /// <inheritdoc cref="HoldsAsync(Func{bool}, string)"/>
    public static async Task HoldsAsync(Func<Task<bool>> holds, string otherwise)
    {
        var start = TimeProvider.System.GetTimestamp();
        while (!await holds())
        {
            Assert.True(TimeProvider.System.GetElapsedTime(start) < Patience, $"{otherwise} within {Patience}.");
            await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System, Cancel);
        }
    }

    /// <summary>Returns when the job, of whatever kind, has ended.</summary>
    public Task JobEndedAsync(string name) => _vertex.Desk.Ended(name).WaitAsync(Patience, Cancel);

    /// <summary>Waits until a job's container has printed a text.</summary>
    /// <param name="log">Below the job's folder of logs, without its extension.</param>
    public async Task JobPrintedAsync(string job, string log, string text)
    {
        var file = Path.Combine(_folder.Path, "cloud", "vertex", "logs", job, $"{log}.log");
        await HoldsAsync(() => File.Exists(file) && Read(file).Contains(text, StringComparison.Ordinal), $"{job} did not print '{text}' into {log}.log");
    }

    /// <summary>Stops the service as a killed process would leave it, and starts it again on the same state.</summary>
    public async Task RestartAsync(Func<Task>? meanwhile = null)
    {
        await StopAsync();
        await (meanwhile?.Invoke() ?? Task.CompletedTask);
        await InitializeAsync();
    }

    public async Task<IReadOnlyList<string>> ContainersAsync()
    {
        await using var engine = await EngineAsync();
        return [.. (await engine.Containers.ListAsync(TaskLabels.Cloud, _instance, Cancel)).Select(container => container.ID)];
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        try
        {
            await using var engine = await ContainerEngine.ConnectAsync(CancellationToken.None);
            await engine.RemoveLabelledAsync(TaskLabels.Cloud, _instance, CancellationToken.None);
        }
        catch (MachineLacksException)
        {
            // Without an engine there is nothing to remove.
        }

        _folder.Dispose();
    }

    private async Task StopAsync()
    {
        _channel.Dispose();
        await _app.StopAsync(CancellationToken.None);
        await _app.DisposeAsync();
        await _vertex.DisposeAsync();
        _storage.Dispose();
        _database.Dispose();
    }

    private static string Read(string file)
    {
        using var reader = new StreamReader(new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete));
        return reader.ReadToEnd();
    }
}

internal static class JobAssertions
{
    public static PipelineTaskDetail Task(this PipelineJob job, string uniqueName) => Assert.Single(job.JobDetail.TaskDetails, task => task.TaskUniqueName == uniqueName);

    /// <summary>An output parameter of a task, or of the pipeline itself, as JSON.</summary>
    public static string? Output(this PipelineJob job, string name, string? task = null)
    {
        var detail = task is null ? job.JobDetail.TaskDetails.Single(detail => detail.ParentTaskId == 0) : job.Task(task);
        return detail.Execution.Metadata.Fields.TryGetValue($"output:{name}", out var value) ? JsonFormatter.Default.Format(value) : null;
    }

    public static void Succeeded(this PipelineJob job) => Assert.True(
        job.State == PipelineState.Succeeded, $"{job.State}: {job.Error?.Message}\n{string.Join('\n', job.JobDetail.TaskDetails.Select(task => $"{task.TaskUniqueName} {task.State} {task.Error?.Message}"))}");
}

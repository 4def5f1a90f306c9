using System.Collections.Concurrent;
using Google.Cloud.AIPlatform.V1;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using MlOps.Google.Grpc;

namespace MlOps.Google.Tests.Servers;

/// <summary>Vertex AI's pipeline service in memory, over gRPC without TLS.</summary>
internal sealed class TestVertex : PipelineService.PipelineServiceBase, IAsyncDisposable
{
    private readonly ConcurrentQueue<Exception> _faults = new();

    public TestServer Server { get; private set; } = null!;

    public ConcurrentDictionary<string, PipelineJob> Jobs { get; } = new(StringComparer.Ordinal);

    /// <summary>Carries a call out, then fails.</summary>
    public bool LoseNextAnswer { get; set; }

    public ConcurrentQueue<Metadata> Headers { get; } = new();

    public ConcurrentQueue<DateTime> Deadlines { get; } = new();

    public static async Task<TestVertex> StartAsync()
    {
        var vertex = new TestVertex();
        vertex.Server = await TestServer.StartAsync(_ => Task.CompletedTask, HttpProtocols.Http2, services => services.AddSingleton(vertex).AddGrpc(), app =>
        {
            app.UseRouting();
            ((Microsoft.AspNetCore.Routing.IEndpointRouteBuilder)app).MapGrpcService<TestVertex>();
            app.UseEndpoints(_ => { });
        });
        return vertex;
    }

    public void Fail(params StatusCode[] statuses)
    {
        foreach (var status in statuses)
        {
            _faults.Enqueue(new RpcException(new Status(status, $"by order of the test: {status}")));
        }
    }

    public GrpcChannels Channels(TimeProvider? time = null) => new(GcpEndpoint.Local(Server.Address, Server.Address), Clients.Policy(time));

    public override Task<PipelineJob> CreatePipelineJob(CreatePipelineJobRequest request, ServerCallContext context)
    {
        Begin(context);
        var job = request.PipelineJob.Clone();
        job.Name = $"{request.Parent}/pipelineJobs/{request.PipelineJobId}";
        job.State = PipelineState.Pending;
        return Jobs.TryAdd(job.Name, job) ? End(job) : throw new RpcException(new Status(StatusCode.AlreadyExists, $"{job.Name} already exists"));
    }

    public override Task<PipelineJob> GetPipelineJob(GetPipelineJobRequest request, ServerCallContext context)
    {
        Begin(context);
        return Jobs.TryGetValue(request.Name, out var job) ? End(job) : throw new RpcException(new Status(StatusCode.NotFound, $"{request.Name} not found"));
    }

    public override Task<ListPipelineJobsResponse> ListPipelineJobs(ListPipelineJobsRequest request, ServerCallContext context)
    {
        Begin(context);
        var names = Jobs.Keys.Order(StringComparer.Ordinal).Where(name => string.CompareOrdinal(name, request.PageToken) > 0).Take(2).ToArray();
        return End(new ListPipelineJobsResponse { PipelineJobs = { names.Select(name => Jobs[name]) }, NextPageToken = names.Length == 2 ? names[1] : "" });
    }

    public override Task<Empty> CancelPipelineJob(CancelPipelineJobRequest request, ServerCallContext context)
    {
        Begin(context);
        if (!Jobs.TryGetValue(request.Name, out var job))
        {
            throw new RpcException(new Status(StatusCode.NotFound, "not found"));
        }

        if (job.State == PipelineState.Succeeded)
        {
            throw new RpcException(new Status(StatusCode.FailedPrecondition, "has ended"));
        }

        job.State = PipelineState.Cancelling;
        return End(new Empty());
    }

    public ValueTask DisposeAsync() => Server.DisposeAsync();

    private void Begin(ServerCallContext context)
    {
        Headers.Enqueue(context.RequestHeaders);
        Deadlines.Enqueue(context.Deadline);
        if (_faults.TryDequeue(out var fault))
        {
            throw fault;
        }
    }

    private Task<T> End<T>(T answer)
    {
        var lose = LoseNextAnswer;
        LoseNextAnswer = false;
        return lose ? throw new RpcException(new Status(StatusCode.Unavailable, "the answer is lost")) : Task.FromResult(answer);
    }
}

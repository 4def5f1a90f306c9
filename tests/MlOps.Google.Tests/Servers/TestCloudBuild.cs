using System.Collections.Concurrent;
using Google.Cloud.CloudBuild.V1;
using Google.LongRunning;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using MlOps.Google.Grpc;

namespace MlOps.Google.Tests.Servers;

/// <summary>Cloud Build's builds in memory, over gRPC without TLS.</summary>
internal sealed class TestCloudBuild : global::Google.Cloud.CloudBuild.V1.CloudBuild.CloudBuildBase, IAsyncDisposable
{
    private readonly ConcurrentQueue<StatusCode> _faults = new();

    public TestServer Server { get; private set; } = null!;

    public ConcurrentDictionary<string, Build> Builds { get; } = new(StringComparer.Ordinal);

    public ConcurrentQueue<Metadata> Headers { get; } = new();

    public static async Task<TestCloudBuild> StartAsync()
    {
        var service = new TestCloudBuild();
        service.Server = await TestServer.StartAsync(_ => Task.CompletedTask, HttpProtocols.Http2, services => services.AddSingleton(service).AddGrpc(), app =>
        {
            app.UseRouting();
            ((Microsoft.AspNetCore.Routing.IEndpointRouteBuilder)app).MapGrpcService<TestCloudBuild>();
            app.UseEndpoints(_ => { });
        });
        return service;
    }

    public GrpcChannels Channels() => new(GcpEndpoint.Local(Server.Address, Server.Address), Clients.Policy());

    public void Fail(params StatusCode[] statuses) => Array.ForEach(statuses, _faults.Enqueue);

    public override Task<Operation> CreateBuild(CreateBuildRequest request, ServerCallContext context)
    {
        Begin(context);
        var build = request.Build.Clone();
        (build.Id, build.Name, build.Status) = ($"b{Builds.Count}", $"{request.Parent}/builds/b{Builds.Count}", Build.Types.Status.Queued);
        Builds[build.Name] = build;
        return Task.FromResult(OperationOf(build));
    }

    public override Task<Build> GetBuild(GetBuildRequest request, ServerCallContext context)
    {
        Begin(context);
        return Task.FromResult(Find(request.Name));
    }

    public override Task<ListBuildsResponse> ListBuilds(ListBuildsRequest request, ServerCallContext context)
    {
        Begin(context);
        var names = Builds.Keys.Order(StringComparer.Ordinal).Where(name => string.CompareOrdinal(name, request.PageToken) > 0).Take(2).ToArray();
        return Task.FromResult(new ListBuildsResponse { Builds = { names.Select(name => Builds[name]) }, NextPageToken = names.Length == 2 ? names[1] : "" });
    }

    public override Task<Build> CancelBuild(CancelBuildRequest request, ServerCallContext context)
    {
        Begin(context);
        var build = Find(request.Name);
        if (build.Status == Build.Types.Status.Success)
        {
            throw new RpcException(new global::Grpc.Core.Status(StatusCode.FailedPrecondition, "has ended"));
        }

        build.Status = Build.Types.Status.Cancelled;
        return Task.FromResult(build);
    }

    public override Task<Operation> ApproveBuild(ApproveBuildRequest request, ServerCallContext context)
    {
        Begin(context);
        var build = Find(request.Name);
        build.Approval = new BuildApproval { Result = request.ApprovalResult };
        return Task.FromResult(OperationOf(build));
    }

    public ValueTask DisposeAsync() => Server.DisposeAsync();

    private static Operation OperationOf(Build build) => new() { Name = "operations/x", Metadata = Any.Pack(new BuildOperationMetadata { Build = build }) };

    private Build Find(string name) => Builds.TryGetValue(name, out var build) ? build : throw new RpcException(new global::Grpc.Core.Status(StatusCode.NotFound, $"{name} not found"));

    private void Begin(ServerCallContext context)
    {
        Headers.Enqueue(context.RequestHeaders);
        if (_faults.TryDequeue(out var status))
        {
            throw new RpcException(new global::Grpc.Core.Status(status, $"by order of the test: {status}"));
        }
    }
}

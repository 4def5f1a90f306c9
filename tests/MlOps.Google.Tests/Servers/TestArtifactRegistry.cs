using System.Collections.Concurrent;
using System.Text;
using Google.Cloud.ArtifactRegistry.V1;
using Google.LongRunning;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using MlOps.Core.Images;
using MlOps.Google.Grpc;

namespace MlOps.Google.Tests.Servers;

/// <summary>Artifact Registry's service over gRPC, and the KFP protocol over HTTP/1.1, in memory. Pages have two entries.</summary>
internal sealed class TestArtifactRegistry : ArtifactRegistry.ArtifactRegistryBase, IAsyncDisposable
{
    public const string Kfp = "https://us-central1-kfp.pkg.dev/p/pipelines";
    private readonly ConcurrentDictionary<string, Tag> _tags = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, Repository> _repositories = new(StringComparer.Ordinal);
    private TestServer _grpc = null!;

    public TestServer Http { get; private set; } = null!;

    /// <summary>Bytes by <c>PACKAGE/sha256:…</c>.</summary>
    public ConcurrentDictionary<string, byte[]> Templates { get; } = new(StringComparer.Ordinal);

    public ConcurrentQueue<string> Descriptions { get; } = new();

    public StatusCode? OperationEndsWith { get; set; }

    public int Polls { get; private set; }

    public List<DockerImage> Images { get; } = [];

    public static async Task<TestArtifactRegistry> StartAsync()
    {
        var registry = new TestArtifactRegistry();
        registry.Http = await TestServer.StartAsync(registry.KfpAsync);
        registry._grpc = await TestServer.StartAsync(_ => Task.CompletedTask, HttpProtocols.Http2, services => services.AddSingleton(registry).AddSingleton(new OperationsOf(registry)).AddGrpc(), app =>
        {
            app.UseRouting();
            ((Microsoft.AspNetCore.Routing.IEndpointRouteBuilder)app).MapGrpcService<TestArtifactRegistry>();
            ((Microsoft.AspNetCore.Routing.IEndpointRouteBuilder)app).MapGrpcService<OperationsOf>();
            app.UseEndpoints(_ => { });
        });
        return registry;
    }

    public GrpcChannels Channels() => new(GcpEndpoint.Local(Http.Address, _grpc.Address), Clients.Policy());

    public override Task<Repository> GetRepository(GetRepositoryRequest request, ServerCallContext context) =>
        _repositories.TryGetValue(request.Name, out var repository) ? Task.FromResult(repository) : throw Refused(StatusCode.NotFound);

    public override Task<Operation> CreateRepository(CreateRepositoryRequest request, ServerCallContext context)
    {
        var repository = request.Repository.Clone();
        repository.Name = $"{request.Parent}/repositories/{request.RepositoryId}";
        return _repositories.TryAdd(repository.Name, repository) ? Task.FromResult(new Operation { Name = $"operations/{repository.Name}" }) : throw Refused(StatusCode.AlreadyExists);
    }

    public override Task<ListDockerImagesResponse> ListDockerImages(ListDockerImagesRequest request, ServerCallContext context)
    {
        var (page, next) = Page(Images, request.PageToken);
        return Task.FromResult(new ListDockerImagesResponse { DockerImages = { page }, NextPageToken = next });
    }

    public override Task<ListPackagesResponse> ListPackages(ListPackagesRequest request, ServerCallContext context)
    {
        var (page, next) = Page(Templates.Keys.Select(key => key.Split('/')[0]).Distinct().Order(StringComparer.Ordinal), request.PageToken);
        return Task.FromResult(new ListPackagesResponse { Packages = { page.Select(name => new Package { Name = $"{request.Parent}/packages/{name}" }) }, NextPageToken = next });
    }

    public override Task<ListVersionsResponse> ListVersions(ListVersionsRequest request, ServerCallContext context)
    {
        var package = request.Parent.Split('/')[^1];
        var (page, next) = Page(Templates.Keys.Where(key => key.StartsWith(package + "/", StringComparison.Ordinal)).Order(StringComparer.Ordinal), request.PageToken);
        return Task.FromResult(new ListVersionsResponse { Versions = { page.Select(key => new global::Google.Cloud.ArtifactRegistry.V1.Version { Name = $"{request.Parent}/versions/{key.Split('/')[1]}" }) }, NextPageToken = next });
    }

    public override Task<ListTagsResponse> ListTags(ListTagsRequest request, ServerCallContext context)
    {
        var (page, next) = Page(_tags.Values.Where(tag => tag.Name.StartsWith(request.Parent + "/", StringComparison.Ordinal)).OrderBy(tag => tag.Name, StringComparer.Ordinal), request.PageToken);
        return Task.FromResult(new ListTagsResponse { Tags = { page }, NextPageToken = next });
    }

    public override Task<Tag> GetTag(GetTagRequest request, ServerCallContext context) => _tags.TryGetValue(request.Name, out var tag) ? Task.FromResult(tag) : throw Refused(StatusCode.NotFound);

    public override Task<Tag> CreateTag(CreateTagRequest request, ServerCallContext context)
    {
        var tag = new Tag { Name = $"{request.Parent}/tags/{request.TagId}", Version = request.Tag.Version };
        return _tags.TryAdd(tag.Name, tag) ? Task.FromResult(tag) : throw Refused(StatusCode.AlreadyExists);
    }

    public override Task<Tag> UpdateTag(UpdateTagRequest request, ServerCallContext context)
    {
        if (!_tags.ContainsKey(request.Tag.Name) || request.UpdateMask.Paths is not ["version"])
        {
            throw Refused(StatusCode.InvalidArgument);
        }

        return Task.FromResult(_tags[request.Tag.Name] = request.Tag);
    }

    public async ValueTask DisposeAsync()
    {
        await Http.DisposeAsync();
        await _grpc.DisposeAsync();
    }

    private static (IReadOnlyList<T> Items, string Next) Page<T>(IEnumerable<T> all, string token)
    {
        var from = token.Length == 0 ? 0 : int.Parse(token, System.Globalization.CultureInfo.InvariantCulture);
        var items = all.Skip(from).Take(3).ToArray();
        return items.Length == 3 ? (items[..2], $"{from + 2}") : (items, "");
    }

    private static RpcException Refused(StatusCode status) => new(new Status(status, "by the rules"));

    /// <summary>The KFP SDK's registry protocol: POST of a form, GET by version.</summary>
    private async Task KfpAsync(HttpContext context)
    {
        var rest = context.Request.Path.Value!["/kfp/us-central1/p/pipelines".Length..].Trim('/');
        if (context.Request.Method == "GET")
        {
            context.Response.StatusCode = Templates.TryGetValue(rest, out var bytes) ? 200 : 404;
            await context.Response.Body.WriteAsync(bytes ?? "no such version"u8.ToArray(), context.RequestAborted);
            return;
        }

        var form = await context.Request.ReadFormAsync(context.RequestAborted);
        using var content = new MemoryStream();
        await form.Files["content"]!.CopyToAsync(content, context.RequestAborted);
        Descriptions.Enqueue(context.Request.Headers["description"].ToString());
        var key = $"training/{Digest.Of(content.ToArray())}";
        Templates[key] = content.ToArray();
        foreach (var tag in form["tags"].ToString().Split(',', StringSplitOptions.RemoveEmptyEntries))
        {
            var package = "projects/p/locations/us-central1/repositories/pipelines/packages/training";
            _tags[$"{package}/tags/{tag}"] = new Tag { Name = $"{package}/tags/{tag}", Version = $"{package}/versions/{key.Split('/')[1]}" };
        }

        await context.Response.Body.WriteAsync(Encoding.UTF8.GetBytes(key + "\n"), context.RequestAborted);
    }

    /// <summary>An operation is done when it is asked for the third time.</summary>
    private sealed class OperationsOf(TestArtifactRegistry registry) : Operations.OperationsBase
    {
        public override Task<Operation> GetOperation(GetOperationRequest request, ServerCallContext context)
        {
            registry.Polls++;
            var operation = new Operation { Name = request.Name, Done = registry.Polls >= 3 };
            if (operation.Done && registry.OperationEndsWith is { } status)
            {
                operation.Error = new global::Google.Rpc.Status { Code = (int)status, Message = "the quota is used up" };
            }
            else if (operation.Done)
            {
                operation.Response = Any.Pack(registry._repositories[request.Name["operations/".Length..]]);
            }

            return Task.FromResult(operation);
        }
    }
}

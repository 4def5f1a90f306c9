using Google.Cloud.AIPlatform.V1;
using Google.Protobuf;
using Google.Protobuf.Reflection;
using Google.Rpc;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using MlOps.LocalCloud.ArtifactRegistry;
using MlOps.LocalCloud.CloudBuild.Serving;
using MlOps.LocalCloud.Operations;
using MlOps.LocalCloud.PubSub;
using MlOps.LocalCloud.SecretManager;
using MlOps.LocalCloud.Vertex.Jobs.Serving;
using MlOps.LocalCloud.Vertex.Metadata.Serving;
using MlOps.LocalCloud.Vertex.Pipelines.Serving;
using Api = Google.Cloud.ArtifactRegistry.V1.ArtifactRegistry;

namespace MlOps.LocalCloud.Hosting;

/// <summary>The services that Google defines in protos: over gRPC, and by JSON transcoding over REST.</summary>
internal static class GrpcApis
{
    /// <summary>The files of every message that can be packed into an Any: operations' metadata and responses, errors' details.</summary>
    private static readonly Lazy<TypeRegistry> Packable = new(() => TypeRegistry.FromFiles(
        Api.Descriptor.File, PipelineService.Descriptor.File, MetadataService.Descriptor.File, JobService.Descriptor.File, global::Google.Cloud.CloudBuild.V1.CloudBuild.Descriptor.File, global::Google.LongRunning.Operations.Descriptor.File, ErrorDetailsReflection.Descriptor));

    /// <summary>JSON as Google writes it: int64 as texts, defaults left out, every Any's type known.</summary>
    public static JsonFormatter Json { get; } = new(JsonFormatter.Settings.Default.WithTypeRegistry(Types));

    public static TypeRegistry Types => Packable.Value;

    public static void Add(IServiceCollection services, CloudServices cloud)
    {
        services.AddGrpc(options => options.EnableDetailedErrors = true).AddJsonTranscoding(options =>
        {
            options.TypeRegistry = Types;
            options.JsonSettings.WriteInt64sAsStrings = true;
            options.JsonSettings.IgnoreDefaultValues = true;
        });
        services.AddSingleton(cloud.ArtifactRegistry);
        services.AddSingleton(cloud.OperationsService);
        services.AddSingleton(cloud.Vertex.Pipelines);
        services.AddSingleton(cloud.Vertex.Metadata);
        services.AddSingleton(cloud.Vertex.Jobs);
        services.AddSingleton(cloud.CloudBuild.Api);
        services.AddSingleton(cloud.SecretManager);
        services.AddSingleton(cloud.PubSub);
    }

    public static void Map(IEndpointRouteBuilder routes, CloudServices cloud)
    {
        routes.MapGrpcService<ArtifactRegistryService>();
        routes.MapGrpcService<OperationsService>();
        routes.MapGrpcService<LocalPipelineService>();
        routes.MapGrpcService<LocalMetadataService>();
        routes.MapGrpcService<LocalJobService>();
        routes.MapGrpcService<LocalCloudBuild>();
        routes.MapGrpcService<LocalSecretManagerService>();
        routes.MapGrpcService<LocalPublisher>();
        routes.Map("/v1/{**name}", new OperationsRest(cloud.OperationsService).AnswerAsync);
        routes.Map("/{**path}", Unimplemented.AnswerAsync);
    }
}

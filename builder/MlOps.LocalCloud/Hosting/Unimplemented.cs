using Grpc.Core;
using Microsoft.AspNetCore.Http;

namespace MlOps.LocalCloud.Hosting;

/// <summary>The answer to everything that is not implemented: the canonical status, and what there is instead.</summary>
internal static class Unimplemented
{
    private const string There =
        "It has Artifact Registry (repositories of format DOCKER and KFP), Vertex AI's PipelineService, JobService and MetadataService, Cloud Build (builds and triggers), long-running operations, Storage's JSON API (/storage/v1), OCI images (/v2/) and KFP templates (/kfp/LOCATION/PROJECT/REPOSITORY).";

    public static Task AnswerAsync(HttpContext context) =>
        GoogleError.WriteAsync(context, StatusCode.Unimplemented, $"The local cloud has no {context.Request.Method} {context.Request.Path}. {There}");
}

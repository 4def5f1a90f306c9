using Google.Cloud.AIPlatform.V1;
using Google.LongRunning;
using Grpc.Core;

namespace MlOps.LocalCloud.Vertex.Metadata.Serving;

internal sealed partial class LocalMetadataService
{
    public override Task<Artifact> CreateArtifact(CreateArtifactRequest request, ServerCallContext context) =>
        Task.FromResult(_artifacts.Create(request.Parent, request.ArtifactId, request.Artifact));

    public override Task<Artifact> GetArtifact(GetArtifactRequest request, ServerCallContext context) => Task.FromResult(_artifacts.Get(request.Name));

    public override Task<ListArtifactsResponse> ListArtifacts(ListArtifactsRequest request, ServerCallContext context)
    {
        var (page, next) = _artifacts.List(request.Parent, request.PageSize, request.PageToken, request.Filter, request.OrderBy);
        return Task.FromResult(new ListArtifactsResponse { Artifacts = { page }, NextPageToken = next });
    }

    public override Task<Artifact> UpdateArtifact(UpdateArtifactRequest request, ServerCallContext context) =>
        Task.FromResult(_artifacts.Update(request.Artifact, request.UpdateMask, request.AllowMissing));

    public override Task<Operation> DeleteArtifact(DeleteArtifactRequest request, ServerCallContext context)
    {
        _artifacts.Delete(request.Name, request.Etag);
        return Deleted(request.Name);
    }

    public override Task<Operation> PurgeArtifacts(PurgeArtifactsRequest request, ServerCallContext context) => throw NoPurge("artifacts");

    public override Task<LineageSubgraph> QueryArtifactLineageSubgraph(QueryArtifactLineageSubgraphRequest request, ServerCallContext context) =>
        Task.FromResult(_lineage.OfArtifact(request.Artifact, request.MaxHops, request.Filter));
}

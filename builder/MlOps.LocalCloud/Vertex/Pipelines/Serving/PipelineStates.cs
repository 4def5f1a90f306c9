using Google.Cloud.AIPlatform.V1;

namespace MlOps.LocalCloud.Vertex.Pipelines.Serving;

internal static class PipelineStates
{
    public static bool IsFinal(PipelineState state) => state is PipelineState.Succeeded or PipelineState.Failed or PipelineState.Cancelled;
}

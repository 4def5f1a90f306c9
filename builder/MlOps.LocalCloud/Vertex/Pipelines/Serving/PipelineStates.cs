using Google.Cloud.AIPlatform.V1;

namespace MlOps.LocalCloud.Vertex.Pipelines.Serving;

internal static class PipelineStates
{
    public static bool IsFinal(PipelineState state) => state is PipelineState.Succeeded or PipelineState.Failed or PipelineState.Cancelled;

    /// <summary>As the API writes it: <c>PIPELINE_STATE_SUCCEEDED</c>.</summary>
    public static string Name(PipelineState state) => $"PIPELINE_STATE_{state.ToString().ToUpperInvariant()}";
}

using MlOps.Core.Graph;

namespace MlOps.Steps.Rewrite;

public static class RewriteStep
{
    public static Task<StepResult> RunAsync(DeliveryContext context, CancellationToken cancel) => throw new NotSupportedException("being written");
}

using MlOps.Core.Graph;

namespace MlOps.Steps.Build;

public static class BuildStep
{
    public static Task<StepResult> RunAsync(DeliveryContext context, CancellationToken cancel) => throw new NotSupportedException("being written");
}

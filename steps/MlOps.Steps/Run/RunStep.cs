using MlOps.Core.Graph;

namespace MlOps.Steps.Run;

public static class RunStep
{
    public static Task<StepResult> RunAsync(DeliveryContext context, CancellationToken cancel) => throw new NotSupportedException("being written");
}

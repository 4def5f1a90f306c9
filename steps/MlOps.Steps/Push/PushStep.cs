using MlOps.Core.Graph;

namespace MlOps.Steps.Push;

public static class PushStep
{
    public static Task<StepResult> RunAsync(DeliveryContext context, CancellationToken cancel) => throw new NotSupportedException("being written");
}

using MlOps.Core.Graph;

namespace MlOps.Steps.Test;

public static class TestStep
{
    public static Task<StepResult> RunAsync(DeliveryContext context, CancellationToken cancel) => throw new NotSupportedException("being written");
}

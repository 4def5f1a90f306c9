using MlOps.Core.Graph;

namespace MlOps.Steps.Checkout;

public static class CheckoutStep
{
    public static Task<StepResult> RunAsync(DeliveryContext context, CancellationToken cancel) => throw new NotSupportedException("being written");
}

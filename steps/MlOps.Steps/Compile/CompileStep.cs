using MlOps.Core.Graph;

namespace MlOps.Steps.Compile;

public static class CompileStep
{
    public static Task<StepResult> RunAsync(DeliveryContext context, CancellationToken cancel) => throw new NotSupportedException("being written");
}

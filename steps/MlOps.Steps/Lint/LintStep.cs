using MlOps.Core.Graph;

namespace MlOps.Steps.Lint;

public static class LintStep
{
    public static Task<StepResult> RunAsync(DeliveryContext context, CancellationToken cancel) => throw new NotSupportedException("being written");
}

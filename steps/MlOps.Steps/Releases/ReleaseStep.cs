using MlOps.Core.Graph;

namespace MlOps.Steps.Releases;

public static class ReleaseStep
{
    public static Task<StepResult> RunAsync(DeliveryContext context, CancellationToken cancel) => throw new NotSupportedException("being written");
}

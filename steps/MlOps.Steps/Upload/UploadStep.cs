using MlOps.Core.Graph;

namespace MlOps.Steps.Upload;

public static class UploadStep
{
    public static Task<StepResult> RunAsync(DeliveryContext context, CancellationToken cancel) => throw new NotSupportedException("being written");
}

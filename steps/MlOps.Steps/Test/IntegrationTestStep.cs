using MlOps.Core.Graph;
using MlOps.Steps.Build;
using MlOps.Steps.Checkout;

namespace MlOps.Steps.Test;

/// <summary>
/// <c>test.integration</c> of mlops.yaml, once the images are in the registry. The command gets each by the environment variable
/// <c>IMAGE_COMPONENT</c>, pinned by digest, under the name by which the Docker engine pulls it, and so only when it is used.
/// </summary>
public static class IntegrationTestStep
{
    public static async Task<StepResult> RunAsync(DeliveryContext context, CancellationToken cancel)
    {
        if (context.Project.Test.Integration is null)
        {
            return StepResult.Unchanged("no integration tests");
        }

        var arguments = context.Project.Components.ToDictionary(component => component.Name, component => component.ImageArgument, StringComparer.Ordinal);
        var images = context.Workspace.Read(Records.Push).Images
            .Where(image => arguments.ContainsKey(image.Component))
            .Select(image => KeyValuePair.Create(arguments[image.Component], EngineName.Of(context.Endpoint, image.Pinned).ToString()));
        var suite = TestPlan.Integration(context, CheckoutStep.Now(context), images)!;
        var (report, unchanged) = await TestRun.RunAsync(context, [suite], null, context.Workspace.TryRead(Records.IntegrationTest), cancel);
        return TestStep.Finish(context, Records.IntegrationTest, report, unchanged);
    }
}

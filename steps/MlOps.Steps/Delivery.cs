using MlOps.Core.Graph;

namespace MlOps.Steps;

/// <summary>
/// The nine steps of CI/CD for an ML pipeline, and the release that comes of them:
/// <code>
/// checkout ─┬ test ┐              ┌ (integration tests) ┐
///           └ lint ┴ build ─ push ┴ rewrite ─ compile ──┴ upload ─ run ─► release
/// </code>
/// </summary>
public static class Delivery
{
    public static StepGraph<DeliveryContext> Steps { get; } = new(
    [
        new("checkout",    [],                         Checkout.CheckoutStep.RunAsync),
        new("test",        ["checkout"],               Test.TestStep.RunAsync),
        new("lint",        ["checkout"],               Lint.LintStep.RunAsync),
        new("build",       ["test", "lint"],           Build.BuildStep.RunAsync),
        new("push",        ["build"],                  Push.PushStep.RunAsync),
        new("integration", ["push"],                   Test.IntegrationTestStep.RunAsync),
        new("rewrite",     ["push"],                   Rewrite.RewriteStep.RunAsync),
        new("compile",     ["rewrite"],                Compile.CompileStep.RunAsync),
        new("upload",      ["compile", "integration"], Upload.UploadStep.RunAsync),
        new("run",         ["upload"],                 Run.RunStep.RunAsync),
        new("release",     ["run"],                    Releases.ReleaseStep.RunAsync),
    ]);
}

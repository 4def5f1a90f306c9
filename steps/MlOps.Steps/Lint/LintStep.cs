using System.Collections.Immutable;
using MlOps.Core.Graph;
using MlOps.Core.Images;
using MlOps.Core.Problems;
using MlOps.Steps.Checkout;
using MlOps.Steps.Dockerfiles;
using MlOps.Steps.References;

namespace MlOps.Steps.Lint;

/// <summary>Step 3: the built-in checks, then the repo's own linters; SARIF (docs/verbs/lint.md).</summary>
public static class LintStep
{
    public static async Task<StepResult> RunAsync(DeliveryContext context, CancellationToken cancel)
    {
        var before = context.Workspace.TryRead(Records.Lint);
        var checkout = CheckoutStep.Now(context);
        var fingerprint = checkout is null ? "" : Digest.Of($"{Toolkit.Version}\0{checkout}").Hex;
        if (fingerprint.Length > 0 && before?.Fingerprint == fingerprint && Passed(before))
        {
            // Another commit may have the same files.
            context.Workspace.Write(Records.Lint, before with { Of = context.Workspace.TryRead(Records.Source)?.ImageTag });
            Tell(context, before.Findings);
            return StepResult.Unchanged("nothing changed since it passed" + Warnings(before.Findings));
        }

        var problems = new List<Problem>();
        var dockerfiles = ComponentDockerfiles.Read(context.Project, problems);
        var references = await ComponentReferences.FetchAsync(context, problems, cancel);
        var findings = BuiltInChecks.Run(context.Project, dockerfiles, references, problems, cancel);
        if (findings.Any(finding => finding.Severity == Severity.Error))
        {
            // Linters wait until the files can be understood: what they say of broken ones is of little use.
            Finish(context, new LintReport(fingerprint, findings));
            throw new InvalidInputException(findings);
        }

        var linters = Linter.Of(context.Project, dockerfiles, checkout);
        var outcomes = await LinterRun.RunAsync(context, linters, dockerfiles, before, cancel);
        Finish(context, new LintReport(fingerprint, [.. findings, .. outcomes.Where(outcome => !outcome.Result.Passed).Select(outcome => Finding(outcome, context.Project.Root))]) { Linters = [.. outcomes.Select(outcome => outcome.Result)] });
        Tell(context, findings);
        ThrowIfFailed(outcomes);
        return StepResult.Done(Summary(context, dockerfiles, linters) + Warnings(findings));
    }

    private static bool Passed(LintReport report) => report.Findings.All(finding => finding.Severity == Severity.Warning);

    private static void Finish(DeliveryContext context, LintReport report)
    {
        Sarif.Write(context.Workspace.PathOf("reports", "lint.sarif"), report.Findings, report.Linters.Select(linter => LinterRun.ReportsOf(context, linter.Name)));
        context.Workspace.Write(Records.Lint, report with { Of = context.Workspace.TryRead(Records.Source)?.ImageTag });
    }

    private static void Tell(DeliveryContext context, ImmutableArray<Problem> findings)
    {
        foreach (var finding in findings)
        {
            context.Log.Warning(finding);
        }
    }

    private static Problem Finding(LinterOutcome outcome, string root) =>
        Problem.Error("linter-failed", $"{outcome.Linter.What} failed with {outcome.Ending}.", new SourceSpot(outcome.Linter.Command is null ? Project.ComponentsReader.Relative(root, outcome.Linter.Component!.Dockerfile!) : Project.ProjectFile.FileName));

    private static void ThrowIfFailed(ImmutableArray<LinterOutcome> outcomes)
    {
        var failed = outcomes.Where(outcome => !outcome.Result.Passed).ToList();
        if (failed.Count == 0)
        {
            return;
        }

        var tail = failed.SelectMany(outcome => outcome.Tail.Select(line => failed.Count == 1 ? line : $"{outcome.Linter.Name}: {line}"));
        var what = string.Join("; ", failed.Select(outcome => $"{outcome.Linter.What} failed with {outcome.Ending}"));
        throw new StepFailedException($"{what}. See {string.Join(", ", failed.Select(outcome => $".mlops/logs/lint-{outcome.Linter.Name}.log"))}.", tail);
    }

    private static string Summary(DeliveryContext context, ComponentDockerfiles dockerfiles, ImmutableArray<Linter> linters) =>
        string.Join(", ", new[]
        {
            Count(context.Project.Components.Length, "component"), Count(context.Project.Pipelines.Count, "pipeline"),
            Count(dockerfiles.Files.Count, "Dockerfile"), Count(linters.Length, "linter"),
        }.Where(part => part.Length > 0).DefaultIfEmpty("nothing to check"));

    private static string Warnings(ImmutableArray<Problem> findings) => findings.IsEmpty ? "" : $": {Count(findings.Length, "warning")}";

    private static string Count(int count, string what) => count == 0 ? "" : Quantity.Of(count, what);
}

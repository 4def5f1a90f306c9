using System.Collections.Immutable;
using System.Text;
using MlOps.Cli.Output;
using MlOps.Cli.Sessions;
using MlOps.Core.Files;
using MlOps.Core.Problems;
using MlOps.Pipelines;
using MlOps.Pipelines.Comparing;
using MlOps.Pipelines.Ir;
using MlOps.Steps.Upload;

namespace MlOps.Cli.Verbs.Compile;

/// <summary><c>mlops compile --diff OLD NEW</c>, or <c>--diff NEW --env NAME</c> against the newest upload there.</summary>
internal static class DiffPipelines
{
    public static async Task<int> RunAsync(VerbContext verb, FileInfo[] files, CancellationToken cancel)
    {
        if (files.Length is 0 or > 2 || (files.Length == 1 && verb.EnvironmentName is null) || (files.Length == 2 && verb.EnvironmentName is not null))
        {
            throw new InvalidInputException("needs-file", $"--diff takes two pipelines, OLD NEW, or one and --env NAME, whose newest upload of it is the old one; {Quantity.Of(files.Length, "file")} given{(verb.EnvironmentName is null ? "" : " with --env")}.");
        }

        var problems = new List<Problem>();
        var options = await CompileOptionSet.ToLookAtAsync(verb, files, problems, cancel);
        var read = files.Select(file => PipelineFiles.Read(file, options, problems)).ToArray();
        if (problems.Any(problem => problem.Severity == Severity.Error) || read.Any(pipeline => pipeline is null))
        {
            throw new InvalidInputException(problems.Where(problem => problem.Severity == Severity.Error));
        }

        var after = read[^1]!;
        var (name, before) = files.Length == 2
            ? (Places.Relative(files[0].FullName), read[0]!)
            : await DeployedAsync(verb, after.Name, cancel);
        RefuseEndless([(name, before), (files[^1].FullName, after)]);
        var changes = PipelineComparison.Of(before.Spec, after.Spec);
        DifferenceReport.Write(verb.Report, new ComparedPipelines(name, Places.Relative(files[^1].FullName), after.Name, IsSame(before, after)), changes);
        return changes.Length > 0 && verb.Parsed.GetValue(CompileOptionSet.ExitCode) ? ExitCode.StepFailed : ExitCode.Done;
    }

    /// <summary>Components that contain themselves have no tasks to compare.</summary>
    private static void RefuseEndless(ImmutableArray<(string Name, CompiledPipelineSpec Pipeline)> pipelines)
    {
        var problems = new List<Problem>();
        foreach (var (name, pipeline) in pipelines)
        {
            PipelineChecker.Check(pipeline.Spec, name, allowTags: true, problems);
        }

        if (problems.Where(problem => problem.Code == "cycle").ToArray() is { Length: > 0 } cycles)
        {
            throw new InvalidInputException(cycles);
        }
    }

    private static bool IsSame(CompiledPipelineSpec before, CompiledPipelineSpec after) => CanonicalJson.Text(before.Spec) == CanonicalJson.Text(after.Spec);

    private static async Task<(string Name, CompiledPipelineSpec Pipeline)> DeployedAsync(VerbContext verb, string pipeline, CancellationToken cancel)
    {
        var environment = DeliverySession.EnvironmentOf(verb);
        await using var cloud = await CloudAccess.OpenAsync(environment, verb.Time, cancel);
        var deployed = await DeployedPipeline.FindAsync(environment, cloud.Endpoint, pipeline, cancel)
            ?? throw new InvalidInputException("not-uploaded", $"The environment '{environment.Name}' has no pipeline '{pipeline}' in {environment.Pipelines}: it was never uploaded there ('mlops upload', 'mlops ci').");
        var problems = new List<Problem>();
        return PipelineFile.Parse(deployed.Uri, Encoding.UTF8.GetString(deployed.Content.Span), problems) is { } file ? (deployed.Uri, PipelineFiles.Of(file)) : throw new InvalidInputException(problems);
    }
}

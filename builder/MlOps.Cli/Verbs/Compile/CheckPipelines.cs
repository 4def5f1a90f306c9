using MlOps.Cli.Output;
using MlOps.Core.Problems;
using MlOps.Pipelines.Ir;
using MlOps.Steps;

namespace MlOps.Cli.Verbs.Compile;

/// <summary><c>mlops compile --check FILE…</c>: everything that is wrong with compiled pipelines, whoever compiled them; as text, JSON or SARIF.</summary>
internal static class CheckPipelines
{
    private const string Page = "docs/pipeline-checks.md";

    public static int Run(VerbContext verb, FileInfo[] files)
    {
        if (files.Length == 0)
        {
            throw new InvalidInputException("needs-file", "--check needs compiled pipelines: mlops compile --check PIPELINE.json. 'mlops lint' checks the definitions of a repo.");
        }

        var allowTags = verb.Parsed.GetValue(CompileOptionSet.AllowTags);
        Problem[] problems = [.. files.SelectMany(file => Check(file, allowTags))];
        if (verb.Output == "sarif")
        {
            Console.Out.Write(SarifLog.Text([.. problems.Select(Places.Relative)], Toolkit.Version, Page));
        }

        var exit = verb.Report.Problems([.. problems.Select(Places.Relative)]);
        var errors = problems.Count(problem => problem.Severity == Severity.Error);
        verb.Report.Aside(problems.Length == 0
            ? $"{Quantity.Of(files.Length, "pipeline")}: nothing to say against {(files.Length == 1 ? "it" : "them")}."
            : $"{Quantity.Of(files.Length, "pipeline")}: {Quantity.Of(errors, "error")}, {Quantity.Of(problems.Length - errors, "warning")}. The codes in brackets are explained in {Page}.");
        return exit;
    }

    private static IEnumerable<Problem> Check(FileInfo file, bool allowTags)
    {
        var problems = new List<Problem>();
        if (PipelineFiles.ReadText(file, problems) is { } text && PipelineFile.Parse(file.FullName, text, problems) is { } pipeline)
        {
            PipelineChecker.Check(pipeline, allowTags, problems);
            PipelineChecker.CheckJob(pipeline, problems);
        }

        return problems.Distinct().OrderBy(problem => problem.Line).ThenBy(problem => problem.Column);
    }
}

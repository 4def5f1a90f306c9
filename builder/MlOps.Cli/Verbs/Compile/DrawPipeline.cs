using MlOps.Cli.Output;
using MlOps.Core.Files;
using MlOps.Core.Problems;
using MlOps.Pipelines.Ir;
using MlOps.Pipelines.Pictures;

namespace MlOps.Cli.Verbs.Compile;

/// <summary><c>mlops compile --graph FORMAT FILE</c>: a pipeline as a picture.</summary>
internal static class DrawPipeline
{
    public static async Task<int> RunAsync(VerbContext verb, FileInfo[] files, string format, CancellationToken cancel)
    {
        if (files.Length != 1)
        {
            throw new InvalidInputException("needs-file", $"--graph draws one pipeline, a definition or a compiled one; {(files.Length == 0 ? "none is" : $"{files.Length} are")} given.");
        }

        var problems = new List<Problem>();
        var pipeline = PipelineFiles.Read(files[0], await CompileOptionSet.ToLookAtAsync(verb, files, problems, cancel), problems);
        if (pipeline is not null && !problems.Any(problem => problem.Severity == Severity.Error))
        {
            PipelineChecker.Check(pipeline.Spec, files[0].FullName, allowTags: true, problems);
        }

        // What waits for itself cannot be drawn, and a picture that leaves out what leads nowhere would mislead.
        if (pipeline is null || problems.Any(problem => problem.Severity == Severity.Error))
        {
            throw new InvalidInputException(problems.Where(problem => problem.Severity == Severity.Error));
        }

        var drawn = Pictures.Draw(PipelinePicture.Of(pipeline.Spec), format);
        if (verb.Parsed.GetValue(CompileOptionSet.Out) is { } file)
        {
            AtomicFile.Write(file.FullName, drawn);
            verb.Report.Line(Places.Relative(file.FullName));
        }
        else
        {
            Console.Out.Write(drawn);
        }

        return ExitCode.Done;
    }
}

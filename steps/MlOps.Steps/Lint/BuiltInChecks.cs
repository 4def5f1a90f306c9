using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Text.Json.Nodes;
using MlOps.Core.Problems;
using MlOps.Pipelines;
using MlOps.Pipelines.Components;
using MlOps.Pipelines.Ir;
using MlOps.Steps.Dockerfiles;
using MlOps.Steps.Project;
using MlOps.Steps.Run;

namespace MlOps.Steps.Lint;

/// <summary>What is checked in every repo: component files, pipelines with the parameters that environments give them, Dockerfiles.</summary>
internal static class BuiltInChecks
{
    /// <returns>All findings, by file and line; files relative to the project's folder.</returns>
    public static ImmutableArray<Problem> Run(ProjectFile project, ComponentDockerfiles dockerfiles, ImmutableDictionary<string, string?> references, IEnumerable<Problem> before, CancellationToken cancel)
    {
        var found = new ConcurrentBag<Problem>(before);
        var options = new ParallelOptions { CancellationToken = cancel };
        Parallel.ForEach(project.Components, options, component => CheckComponent(project, component, found));
        Parallel.ForEach(project.Pipelines.Values, options, pipeline => CheckPipeline(project, pipeline, references, found));
        CheckDockerfiles(project, dockerfiles, found);
        return
        [
            .. found.Select(problem => Relative(project, problem))
                .Distinct()
                .OrderBy(problem => problem.File, StringComparer.Ordinal)
                .ThenBy(problem => problem.Line)
                .ThenBy(problem => problem.Column)
                .ThenBy(problem => problem.Message, StringComparer.Ordinal),
        ];
    }

    private static void CheckComponent(ProjectFile project, Component component, ConcurrentBag<Problem> found)
    {
        var problems = new List<Problem>();
        var file = ComponentsReader.Relative(project.Root, component.ComponentFile);
        if (SourceText.Read(project.Root, file, problems) is { } text)
        {
            ComponentFile.Parse(file, text, problems, project.CoerceCustomTypes);
        }

        problems.ForEach(found.Add);
    }

    private static void CheckPipeline(ProjectFile project, PipelineSource pipeline, ImmutableDictionary<string, string?> references, ConcurrentBag<Problem> found)
    {
        var problems = new List<Problem>();
        if (Spec(project, pipeline, references, problems) is { } spec && !problems.Any(problem => problem.Severity == Severity.Error))
        {
            foreach (var run in project.Environments.Values.SelectMany(environment => environment.Runs).Where(run => run.Pipeline == pipeline.Name))
            {
                CheckParameters(spec, run, problems);
            }
        }

        problems.ForEach(found.Add);
    }

    /// <summary>Null for what another compiler makes, and where it has errors.</summary>
    private static JsonObject? Spec(ProjectFile project, PipelineSource pipeline, ImmutableDictionary<string, string?> references, List<Problem> problems)
    {
        switch (pipeline.Compiler)
        {
            case "yaml":
                var options = new CompileOptions { ComponentsFolder = Path.GetFullPath(project.ComponentsFolder, project.Root), AllowTags = true, CoerceCustomTypes = project.CoerceCustomTypes, References = references };
                return PipelineCompiler.Compile(pipeline.Source, options, problems)?.Spec;
            case "ir":
                var file = ComponentsReader.Relative(project.Root, pipeline.Source);
                if (SourceText.Read(project.Root, file, problems) is not { } text || PipelineFile.Parse(file, text, problems) is not { } compiled)
                {
                    return null;
                }

                PipelineChecker.Check(compiled, allowTags: true, problems);
                return compiled.Spec;
            default:
                return null;
        }
    }

    private static void CheckParameters(JsonObject spec, RunSettings run, List<Problem> problems)
    {
        try
        {
            RunParameters.Read(spec, run, problems);
        }
        catch (InvalidInputException error)
        {
            problems.AddRange(error.Problems);
        }
    }

    private static void CheckDockerfiles(ProjectFile project, ComponentDockerfiles dockerfiles, ConcurrentBag<Problem> found)
    {
        var images = project.Components.Where(component => component.IsBuilt).Select(component => component.ImageArgument).ToArray();
        foreach (var component in project.Components)
        {
            if (dockerfiles.Files.TryGetValue(component.Name, out var dockerfile))
            {
                foreach (var problem in DockerfileChecks.Check(dockerfile, component.ImageArgument, images, component.Build.Args))
                {
                    found.Add(problem);
                }
            }
        }

        foreach (var problem in dockerfiles.Cycles())
        {
            found.Add(problem);
        }
    }

    private static Problem Relative(ProjectFile project, Problem problem) =>
        problem.File is { } file && Path.IsPathRooted(file) ? problem with { File = ComponentsReader.Relative(project.Root, file) } : problem;
}

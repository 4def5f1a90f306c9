using System.Collections.Immutable;
using System.CommandLine;
using System.Text.Json.Nodes;
using MlOps.Cli.Output;
using MlOps.Cli.Sessions;
using MlOps.Core.Files;
using MlOps.Core.Problems;
using MlOps.Google;
using MlOps.LocalCloud.Hosting;
using MlOps.Pipelines;
using MlOps.Pipelines.Definitions;
using MlOps.Steps.References;

namespace MlOps.Cli.Verbs;

/// <summary><c>mlops compile FILE…</c>: definitions to <c>NAME.json</c>, outside a repo too; without a file, the compile step.</summary>
internal static class CompileVerb
{
    private static readonly Argument<FileInfo[]> Files = new("FILE") { Description = "Pipeline definitions; left out: the pipelines of mlops.yaml.", Arity = ArgumentArity.ZeroOrMore };
    private static readonly Option<DirectoryInfo?> OutDir = new("--out-dir") { Description = "Where NAME.json is written (default: the current folder)." };
    private static readonly Option<bool> AllowTags = new("--allow-tags") { Description = "Images need not be pinned by digest." };
    private static readonly Option<bool> Coerce = new("--coerce-custom-types") { Description = "Inputs of v1 components without a type, or with one of the author's own, are strings where they are used by value." };

    public static Command Command()
    {
        var command = new Command("compile", "Compiles pipeline definitions to KFP IR JSON.") { Files, OutDir, AllowTags, Coerce };
        DeliverySession.AddOptions(command);
        return command.Does(RunAsync);
    }

    private static async Task<int> RunAsync(VerbContext verb, CancellationToken cancel)
    {
        var files = verb.Parsed.GetValue(Files) ?? [];
        if (files.Length == 0)
        {
            return await StepVerbs.RunAsync(verb, "compile", cancel);
        }

        var problems = new List<Problem>();
        var options = new CompileOptions
        {
            AllowTags = verb.Parsed.GetValue(AllowTags),
            CoerceCustomTypes = verb.Parsed.GetValue(Coerce),
            References = await FetchAsync(verb, files, problems, cancel),
        };
        var compiled = files.Select(file => Compile(file, options, problems)).OfType<CompiledPipelineSpec>().ToArray();
        problems.AddRange(Collisions(compiled));
        if (problems.Any(problem => verb.Report.Strict || problem.Severity == Severity.Error))
        {
            // A fault in a component's file names that file: say which definitions it keeps from compiling.
            verb.Report.Aside($"Not compiled: {string.Join(", ", files.Select(file => Places.Relative(file.FullName)))}.");
            throw new InvalidInputException(problems);
        }

        verb.Report.WriteProblems(problems);
        Write(verb, compiled);
        return ExitCode.Done;
    }

    /// <summary>What the definitions refer to (component: https://…). Artifact Registry is that of the environment.</summary>
    private static async Task<ImmutableDictionary<string, string?>> FetchAsync(VerbContext verb, FileInfo[] files, List<Problem> problems, CancellationToken cancel)
    {
        var references = files.Where(file => file.Exists).SelectMany(file => References.In(file.FullName)).DistinctBy(reference => reference.Text).ToList();
        var folder = Path.Combine(Path.GetDirectoryName(LocalCloudOptions.DefaultStateFolder)!, "references");
        if (!references.Exists(reference => reference.Text.Contains("-kfp.pkg.dev", StringComparison.Ordinal)))
        {
            return await new ReferenceFetch(GcpEndpoint.Google, folder).FetchAsync(references, problems, cancel);
        }

        await using var cloud = await CloudAccess.OpenAsync(DeliverySession.EnvironmentOf(verb), verb.Time, cancel);
        return await new ReferenceFetch(cloud.Endpoint, folder).FetchAsync(references, problems, cancel);
    }

    private static CompiledPipelineSpec? Compile(FileInfo file, CompileOptions options, List<Problem> problems)
    {
        if (!file.Exists)
        {
            problems.Add(Problem.Error("file-missing", "There is no such file; expected a pipeline definition.", new SourceSpot(file.FullName)));
            return null;
        }

        if (file.Extension is ".py" or ".cs" or ".csproj")
        {
            problems.Add(Problem.Error("not-a-definition", $"This is {(file.Extension == ".py" ? "Python" : "C#")}, which the pipelines of a repo may be: name it under 'pipelines' in mlops.yaml, and leave the file out ('mlops compile').", new SourceSpot(file.FullName)));
            return null;
        }

        return PipelineCompiler.Compile(file.FullName, options, problems);
    }

    private static IEnumerable<Problem> Collisions(CompiledPipelineSpec[] compiled) =>
        compiled.GroupBy(pipeline => pipeline.Name).Where(group => group.Count() > 1)
            .Select(group => Problem.Error("duplicate-pipeline", $"{group.Count()} definitions are named '{group.Key}' and would overwrite each other's {group.Key}.json; rename one."));

    /// <summary>Nothing is written unless every definition compiles.</summary>
    private static void Write(VerbContext verb, CompiledPipelineSpec[] compiled)
    {
        var folder = verb.Parsed.GetValue(OutDir)?.FullName ?? Directory.GetCurrentDirectory();
        var written = new JsonArray();
        foreach (var pipeline in compiled)
        {
            var path = Path.Combine(folder, pipeline.Name + ".json");
            AtomicFile.Write(path, pipeline.Bytes);
            written.Add(new JsonObject { ["name"] = pipeline.Name, ["file"] = path, ["sha256"] = pipeline.Digest.ToString() });
            verb.Report.Line($"{Places.Relative(path)}  {pipeline.Digest}");
        }

        verb.Report.Result(written);
    }
}

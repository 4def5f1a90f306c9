using System.Text.Json.Nodes;
using MlOps.Cli.Output;
using MlOps.Core.Files;
using MlOps.Core.Problems;
using MlOps.Core.Yaml;
using MlOps.Pipelines;

namespace MlOps.Cli.Verbs.Compile;

/// <summary>Compiles definitions that are given as files.</summary>
internal static class CompileFiles
{
    public static async Task<int> RunAsync(VerbContext verb, FileInfo[] files, CancellationToken cancel)
    {
        var problems = new List<Problem>();
        var one = verb.Parsed.GetValue(CompileOptionSet.Out);
        if (one is not null && (files.Length > 1 || !IsKnown(one)))
        {
            throw new InvalidInputException("bad-output-file", files.Length > 1
                ? $"-o {one.Name}: only for one definition, and {files.Length} are given; --out-dir takes all of them."
                : $"-o {one.Name}: expected a file that ends in .json, .yaml or .yml.");
        }

        var options = new CompileOptions
        {
            AllowTags = verb.Parsed.GetValue(CompileOptionSet.AllowTags),
            CoerceCustomTypes = verb.Parsed.GetValue(CompileOptionSet.Coerce),
            References = await FetchReferences.RunAsync(verb, files, problems, cancel),
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
        Write(verb, compiled, one);
        return ExitCode.Done;
    }

    private static bool IsYaml(FileInfo file) => file.Extension is ".yaml" or ".yml";

    private static bool IsKnown(FileInfo file) => file.Extension == ".json" || IsYaml(file);

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
    private static void Write(VerbContext verb, CompiledPipelineSpec[] compiled, FileInfo? one)
    {
        var folder = verb.Parsed.GetValue(CompileOptionSet.OutDir)?.FullName ?? Directory.GetCurrentDirectory();
        var written = new JsonArray();
        foreach (var pipeline in compiled)
        {
            var path = one?.FullName ?? Path.Combine(folder, pipeline.Name + ".json");
            var bytes = one is not null && IsYaml(one) ? Yaml(pipeline) : pipeline.Bytes;
            AtomicFile.Write(path, bytes);
            var digest = Core.Images.Digest.Of(bytes);
            written.Add(new JsonObject { ["name"] = pipeline.Name, ["file"] = path, ["sha256"] = digest.ToString() });
            verb.Report.Line($"{Places.Relative(path)}  {digest}");
        }

        verb.Report.Result(written);
    }

    /// <summary>The same keys in the same order as in JSON.</summary>
    private static byte[] Yaml(CompiledPipelineSpec pipeline) => System.Text.Encoding.UTF8.GetBytes(YamlWriter.Write(JsonNode.Parse(pipeline.Bytes)));
}

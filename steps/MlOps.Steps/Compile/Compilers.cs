using System.Text.Json;
using System.Text.Json.Nodes;
using MlOps.Core.Problems;
using MlOps.Pipelines;
using MlOps.Pipelines.Ir;
using MlOps.Steps.Commands;
using MlOps.Steps.Project;

namespace MlOps.Steps.Compile;

/// <summary>Turns one source into a PipelineSpec: our own compiler, or one that is installed on the machine.</summary>
internal static class Compilers
{
    public static async Task<JsonObject?> CompileAsync(DeliveryContext context, PipelineSource source, RewrittenComponents components, List<Problem> problems, CancellationToken cancel)
    {
        if (source.Compiler == "yaml")
        {
            return Native(context, source, components, problems);
        }

        using var overlay = Overlay.Create(context, components);
        var output = context.Workspace.PathOf("compiled", source.Name + ".json");
        File.Delete(output);
        Directory.CreateDirectory(Path.GetDirectoryName(output)!);
        var sourceInOverlay = overlay.PathOf(source.Source);
        var produced = source.Compiler switch
        {
            "ir" => sourceInOverlay,
            "kfp" => await KfpAsync(context, source, sourceInOverlay, output, cancel),
            _ => await CommandAsync(context, source, overlay, output, cancel),
        };
        var spec = PipelineFile.Read(produced, source.Source, problems);
        if (spec is not null)
        {
            PipelineChecker.Check(spec, source.Source, context.Options.AllowTags, problems);
        }

        return spec;
    }

    private static JsonObject? Native(DeliveryContext context, PipelineSource source, RewrittenComponents components, List<Problem> problems)
    {
        var pinned = components.Components.ToDictionary(
            component => context.Project.Components.First(found => found.Name == component.Component).ComponentFile,
            component => Path.Combine(context.Project.Root, component.File),
            StringComparer.Ordinal);
        var options = new CompileOptions
        {
            ComponentsFolder = Path.Combine(context.Project.Root, context.Project.ComponentsFolder),
            AllowTags = context.Options.AllowTags,
            ReadInstead = path => pinned.GetValueOrDefault(path, path),
        };
        return PipelineCompiler.Compile(source.Source, options, problems)?.Spec;
    }

    // https://www.kubeflow.org/docs/components/pipelines/user-guides/core-functions/compile-a-pipeline/
    private static async Task<string> KfpAsync(DeliveryContext context, PipelineSource source, string file, string output, CancellationToken cancel)
    {
        try
        {
            var result = await ShellCommand.RunAsync("kfp", ["dsl", "compile", "--py", file, "--output", output], Path.GetDirectoryName(file)!, EnvironmentOf(context, output), line => context.Log.Line("compile", source.Name, line), cancel);
            return result.ExitCode == 0 ? output : throw new StepFailedException($"The KFP compiler refused {source.Source} (exit code {result.ExitCode}).", result.Tail);
        }
        catch (MachineLacksException lacks)
        {
            throw new MachineLacksException($"Pipeline '{source.Name}' is KFP Python, and the command 'kfp' is not on this machine.", "Install it: pip install kfp==2.15.2; or use the builder image's kfp flavour.", lacks);
        }
    }

    private static async Task<string> CommandAsync(DeliveryContext context, PipelineSource source, Overlay overlay, string output, CancellationToken cancel)
    {
        var command = source.Command ?? $"python3 '{overlay.PathOf(source.Source).Replace("'", "'\\''", StringComparison.Ordinal)}'";
        var result = await ShellCommand.RunAsync(command, overlay.Root, EnvironmentOf(context, output), line => context.Log.Line("compile", source.Name, line), cancel);
        if (result.ExitCode == 127)
        {
            throw new MachineLacksException($"The compiler of pipeline '{source.Name}' is not on this machine: {result.Output.LastOrDefault()}", $"Install what this command needs: {command}");
        }

        if (result.ExitCode != 0)
        {
            throw new StepFailedException($"The compiler of pipeline '{source.Name}' failed with exit code {result.ExitCode}: {command}", result.Tail);
        }

        return File.Exists(output) ? output : throw new StepFailedException($"The compiler of pipeline '{source.Name}' ended well but wrote no file; it must write the pipeline to the path in $MLOPS_OUTPUT.", result.Tail);
    }

    private static Dictionary<string, string> EnvironmentOf(DeliveryContext context, string output) => new(StringComparer.Ordinal)
    {
        ["MLOPS_OUTPUT"] = output,
        ["MLOPS_ENVIRONMENT"] = context.Environment.Name,
        ["PYTHONDONTWRITEBYTECODE"] = "1",
    };
}

/// <summary>A compiled pipeline's file, JSON or YAML; a PipelineJob as well as a PipelineSpec.</summary>
public static class PipelineFile
{
    /// <param name="named">The path to name in problems.</param>
    public static JsonObject? Read(string path, string named, ICollection<Problem> problems)
    {
        if (!File.Exists(path))
        {
            problems.Add(Problem.Error("file-missing", "There is no such file; expected a compiled pipeline (JSON or YAML).", new SourceSpot(named)));
            return null;
        }

        var found = Parse(File.ReadAllText(path), named, problems);
        return found switch
        {
            null => null,
            JsonObject job when job["pipelineSpec"] is JsonObject spec => spec.DeepClone().AsObject(),
            JsonObject spec when spec.ContainsKey("root") || spec.ContainsKey("pipelineInfo") => spec,
            _ => Refuse(named, problems),
        };
    }

    private static JsonNode? Parse(string text, string named, ICollection<Problem> problems)
    {
        if (!text.AsSpan().TrimStart().StartsWith("{", StringComparison.Ordinal))
        {
            // A second document, the PlatformSpec, is for other platforms than Vertex (specs/pipelines.md, section 3).
            var documents = Core.Yaml.YamlText.ParseAll(named, text, problems);
            return documents.Length == 0 ? null : Run.Arguments.ToJson(documents[0]);
        }

        try
        {
            return JsonNode.Parse(text);
        }
        catch (JsonException error)
        {
            problems.Add(Problem.Error("not-json", $"This is not JSON: {error.Message}", new SourceSpot(named, (int)(error.LineNumber ?? 0) + 1, (int)(error.BytePositionInLine ?? 0) + 1)));
            return null;
        }
    }

    private static JsonObject? Refuse(string named, ICollection<Problem> problems)
    {
        problems.Add(Problem.Error("not-a-pipeline", "This is no compiled pipeline: expected a PipelineSpec (with 'root' and 'pipelineInfo') or a PipelineJob (with 'pipelineSpec').", new SourceSpot(named, 1, 1)));
        return null;
    }
}

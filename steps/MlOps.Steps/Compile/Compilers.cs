using System.Collections.Immutable;
using System.Text.Json.Nodes;
using MlOps.Core.Files;
using MlOps.Core.Problems;
using MlOps.Pipelines;
using MlOps.Pipelines.Ir;
using MlOps.Steps.Commands;
using MlOps.Steps.Project;

namespace MlOps.Steps.Compile;

/// <summary>Turns one source into a PipelineSpec: our own compiler, or one that is installed on the machine.</summary>
internal static class Compilers
{
    private const string Output = "MLOPS_OUTPUT";

    /// <param name="references">Those of the definitions in YAML; receives what programs in C# refer to, which is known once they have run.</param>
    public static async Task<JsonObject?> CompileAsync(DeliveryContext context, PipelineSource source, RewrittenComponents components, ImmutableDictionary<string, string?>.Builder references, List<Problem> problems, CancellationToken cancel)
    {
        if (source.Compiler == "yaml")
        {
            return PipelineCompiler.Compile(source.Source, NativeOptions(context, components) with { References = references.ToImmutable() }, problems)?.Spec;
        }

        if (source.Compiler == "csharp")
        {
            return await CsharpPipeline.CompileAsync(context, source, NativeOptions(context, components), references, problems, cancel);
        }

        using var overlay = Overlay.Create(context, components);
        var output = context.Workspace.PathOf("compiled", source.Name + ".json");
        Directory.CreateDirectory(Path.GetDirectoryName(output)!);
        File.Delete(output);
        var sourceInOverlay = overlay.PathOf(source.Source);
        var produced = source.Compiler switch
        {
            "ir" => sourceInOverlay,
            "kfp" => await KfpAsync(context, source, sourceInOverlay, EnvironmentOf(context, overlay, components, output), cancel),
            _ => await CommandAsync(context, source, overlay, EnvironmentOf(context, overlay, components, output), cancel),
        };

        // Lines are of what was read: what another compiler wrote stays in .mlops/compiled.
        var place = source.Compiler == "ir" ? source.Source : produced;
        if (TextFile.Decode(await File.ReadAllBytesAsync(produced, cancel), place, problems) is not { } text || PipelineFile.Parse(place, text, problems) is not { } file)
        {
            return null;
        }

        PipelineChecker.Check(file, context.Options.AllowTags, problems);
        return file.Spec.DeepClone().AsObject();
    }

    private static CompileOptions NativeOptions(DeliveryContext context, RewrittenComponents components)
    {
        var pinned = components.Components.ToDictionary(
            component => context.Project.Components.First(found => found.Name == component.Component).ComponentFile,
            component => Path.Combine(context.Project.Root, component.File),
            StringComparer.Ordinal);
        return new CompileOptions
        {
            ComponentsFolder = Path.Combine(context.Project.Root, context.Project.ComponentsFolder),
            AllowTags = context.Options.AllowTags,
            CoerceCustomTypes = context.Project.CoerceCustomTypes,
            ReadInstead = path => pinned.GetValueOrDefault(path, path),
        };
    }

    // https://www.kubeflow.org/docs/components/pipelines/user-guides/core-functions/compile-a-pipeline/
    private static async Task<string> KfpAsync(DeliveryContext context, PipelineSource source, string file, Dictionary<string, string> environment, CancellationToken cancel)
    {
        await using var log = StepLog.Create(context, "compile", source.Name);
        try
        {
            var result = await ShellCommand.RunAsync("kfp", ["dsl", "compile", "--py", file, "--output", environment[Output]], Path.GetDirectoryName(file)!, environment, log.Aloud, cancel);
            return result.ExitCode == 0 ? environment[Output] : throw new StepFailedException($"The KFP compiler refused {source.Source} (exit code {result.ExitCode}).", result.Tail);
        }
        catch (MachineLacksException lacks)
        {
            throw new MachineLacksException($"Pipeline '{source.Name}' is KFP Python, and the command 'kfp' is not on this machine.", "Install it: pip install kfp==2.15.2; or use the builder image's kfp flavour.", lacks);
        }
    }

    private static async Task<string> CommandAsync(DeliveryContext context, PipelineSource source, Overlay overlay, Dictionary<string, string> environment, CancellationToken cancel)
    {
        var command = source.Command ?? $"python3 '{overlay.PathOf(source.Source).Replace("'", "'\\''", StringComparison.Ordinal)}'";
        await using var log = StepLog.Create(context, "compile", source.Name);
        var result = await ShellCommand.RunAsync(command, overlay.Root, environment, log.Aloud, cancel);
        if (result.ExitCode == 127)
        {
            throw new MachineLacksException($"The compiler of pipeline '{source.Name}' is not on this machine: {result.Output.LastOrDefault()}", $"Install what this command needs: {command}");
        }

        if (result.ExitCode != 0)
        {
            throw new StepFailedException($"The compiler of pipeline '{source.Name}' failed with exit code {result.ExitCode}: {command}", result.Tail);
        }

        return File.Exists(environment[Output]) ? environment[Output] : throw new StepFailedException($"The compiler of pipeline '{source.Name}' ended well but wrote no file; it must write the pipeline to the path in $MLOPS_OUTPUT.", result.Tail);
    }

    private static Dictionary<string, string> EnvironmentOf(DeliveryContext context, Overlay overlay, RewrittenComponents components, string output)
    {
        var environment = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            [Output] = output,
            ["MLOPS_ENVIRONMENT"] = context.Environment.Name,
            ["PYTHONDONTWRITEBYTECODE"] = "1",
            ["PYTHONPATH"] = string.Join(':', new[] { overlay.Root, Environment.GetEnvironmentVariable("PYTHONPATH") }.Where(path => !string.IsNullOrEmpty(path))),
        };
        foreach (var component in components.Components.Where(component => component.Image is not null))
        {
            environment[context.Project.Components.First(found => found.Name == component.Component).ImageArgument] = component.Image!.ToString();
        }

        return environment;
    }
}

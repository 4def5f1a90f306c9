using System.Collections.Immutable;
using System.Text.Json.Nodes;
using MlOps.Core.Files;
using MlOps.Core.Graph;
using MlOps.Core.Images;
using MlOps.Core.Problems;
using MlOps.Pipelines;
using MlOps.Pipelines.Ir;
using MlOps.Steps.Project;
using MlOps.Steps.References;

namespace MlOps.Steps.Compile;

/// <summary>
/// Compiles every pipeline of <c>mlops.yaml</c> over the rewritten component files to KFP IR in <c>.mlops/pipelines/</c>, and checks
/// what came out, whoever compiled it: references, types, cycles, and that the images of this repo are those just pushed.
/// </summary>
public static class CompileStep
{
    public static async Task<StepResult> RunAsync(DeliveryContext context, CancellationToken cancel)
    {
        var components = context.Workspace.Read(Records.Rewrite);
        var problems = new List<Problem>();
        var references = await ComponentReferences.FetchAsync(context, problems, cancel);
        var before = CompileFingerprint.Of(context, components, references.AddRange((await ComponentReferences.FetchLastAsync(context, cancel)).Where(pair => !references.ContainsKey(pair.Key))));
        if (context.Workspace.TryRead(Records.Compile) is { } last && last.Fingerprint == before && last.Pipelines.All(pipeline => IsIntact(context, pipeline)))
        {
            return StepResult.Unchanged($"{Quantity.Of(last.Pipelines.Length, "pipeline")} unchanged");
        }

        var used = references.ToBuilder();
        var compiled = new List<(PipelineSource Source, JsonObject Spec)>();
        foreach (var source in context.Project.Pipelines.Values)
        {
            if (await Compilers.CompileAsync(context, source, components, used, problems, cancel) is { } spec)
            {
                PushedImagesOnly.Check(spec, source, components, problems);
                compiled.Add((source, spec));
            }
        }

        Report(context, problems);
        var pipelines = compiled.Select(pair => Write(context, pair.Source, pair.Spec, components)).ToImmutableArray();
        context.Workspace.Write(Records.Compile, new CompiledPipelines(CompileFingerprint.Of(context, components, used.ToImmutable()), pipelines));
        return StepResult.Done($"{Quantity.Of(pipelines.Length, "pipeline")}: {string.Join(", ", pipelines.Select(pipeline => $"{pipeline.Pipeline} {pipeline.Sha256.Short}"))}");
    }

    /// <summary>Nothing is written unless every pipeline compiles.</summary>
    private static void Report(DeliveryContext context, List<Problem> problems)
    {
        if (problems.Any(problem => problem.Severity == Severity.Error))
        {
            throw new InvalidInputException(problems);
        }

        problems.ForEach(context.Log.Warning);
    }

    private static CompiledPipeline Write(DeliveryContext context, PipelineSource source, JsonObject spec, RewrittenComponents components)
    {
        var name = spec["pipelineInfo"]?["name"]?.GetValue<string>() ?? source.Name;
        var bytes = new CompiledPipelineSpec(name, spec).Bytes;
        var file = context.Workspace.PathOf("pipelines", source.Name + ".json");
        AtomicFile.Write(file, bytes);
        var byImage = components.Components.Where(component => component.Image is not null).ToLookup(component => component.Image!.ToString(), component => component.Component);
        return new CompiledPipeline(
            source.Name,
            name,
            Path.GetRelativePath(context.Project.Root, file),
            Digest.Of(bytes),
            HostNeutral.DigestOf(spec, image => byImage[image.ToString()].FirstOrDefault()));
    }

    private static bool IsIntact(DeliveryContext context, CompiledPipeline pipeline)
    {
        var file = Path.Combine(context.Project.Root, pipeline.File);
        return File.Exists(file) && Digest.Of(File.ReadAllBytes(file)) == pipeline.Sha256;
    }
}

using System.Collections.Immutable;
using MlOps.Core.Files;
using MlOps.Core.Graph;
using MlOps.Core.Images;
using MlOps.Core.Problems;
using MlOps.Pipelines.Images;
using MlOps.Steps.Project;

namespace MlOps.Steps.Rewrite;

/// <summary>
/// Pins the image of every component.yaml to the digest that was pushed. The rewritten copies live in <c>.mlops/components/NAME/</c>;
/// working-tree files change only with <c>--in-place</c>. Nothing is written unless every file can be rewritten.
/// </summary>
public static class RewriteStep
{
    private const string Folder = "components";
    private const int WritesAtOnce = 16;

    public static Task<StepResult> RunAsync(DeliveryContext context, CancellationToken cancel)
    {
        var pushed = context.Workspace.Read(Records.Push).Images.ToDictionary(image => image.Component, StringComparer.Ordinal);
        var rewritten = Rewrite(context.Project, pushed, cancel);
        var changed = 0;

        // Side by side: each waits for the disk.
        Parallel.ForEach(rewritten, new ParallelOptions { CancellationToken = cancel, MaxDegreeOfParallelism = WritesAtOnce }, one =>
        {
            var isNew = Write(context.Workspace.PathOf(Folder, one.Component.Name, ComponentFileName(one.Component)), one.Content);
            var isNewInPlace = context.Options.InPlace && one.Image is not null && Write(one.Component.ComponentFile, one.Content);
            Interlocked.Add(ref changed, isNew || isNewInPlace ? 1 : 0);
        });
        RemoveOthers(context, rewritten);
        context.Workspace.Write(Records.Rewrite, new RewrittenComponents([.. rewritten.Select(one => Record(context, one))]));
        var summary = $"{rewritten.Count(one => one.Image is not null)} of {rewritten.Length} component files pinned by digest{(context.Options.InPlace ? ", in place too" : "")}";
        return Task.FromResult(changed == 0 ? StepResult.Unchanged(summary) : StepResult.Done(summary));
    }

    private static ImmutableArray<Rewritten> Rewrite(ProjectFile project, Dictionary<string, PushedImage> pushed, CancellationToken cancel)
    {
        var results = new Rewritten?[project.Components.Length];
        var problems = new List<Problem>[results.Length];
        Parallel.For(0, results.Length, new ParallelOptions { CancellationToken = cancel }, at => results[at] = RewriteOne(project.Components[at], pushed, problems[at] = []));
        return problems.Any(own => own.Count > 0)
            ? throw new InvalidInputException(problems.SelectMany(own => own))
            : [.. results.Select(one => one!)];
    }

    private static Rewritten? RewriteOne(Component component, Dictionary<string, PushedImage> pushed, List<Problem> problems)
    {
        if (Build.ComponentInputs.ReadFile(component.ComponentFile, problems) is not { } content)
        {
            return null;
        }

        if (!component.IsBuilt)
        {
            return new Rewritten(component, content, null);
        }

        if (!pushed.TryGetValue(component.Name, out var image))
        {
            problems.Add(Problem.Error("step-not-run", $"The image of {component.Name} has not been pushed: run 'mlops build' and 'mlops push' first.", new SourceSpot(component.ComponentFile)));
            return null;
        }

        return ImageRewriter.Rewrite(component.ComponentFile, content, image.Pinned, image.Image.Tag, problems) is { } bytes ? new Rewritten(component, bytes, image.Pinned) : null;
    }

    private static bool Write(string path, byte[] content)
    {
        if (File.Exists(path) && File.ReadAllBytes(path).AsSpan().SequenceEqual(content))
        {
            return false;
        }

        AtomicFile.Write(path, content);
        return true;
    }

    // What an earlier commit left of components that are gone would be taken for one of this commit's.
    private static void RemoveOthers(DeliveryContext context, ImmutableArray<Rewritten> rewritten)
    {
        var names = rewritten.Select(one => one.Component.Name).ToHashSet(StringComparer.Ordinal);
        var folder = new DirectoryInfo(context.Workspace.PathOf(Folder));
        foreach (var other in folder.Exists ? folder.GetDirectories().Where(child => !names.Contains(child.Name)) : [])
        {
            other.Delete(recursive: true);
        }
    }

    private static RewrittenComponent Record(DeliveryContext context, Rewritten one) => new(
        one.Component.Name,
        Path.GetRelativePath(context.Workspace.Root, context.Workspace.PathOf(Folder, one.Component.Name, ComponentFileName(one.Component))).Replace('\\', '/'),
        one.Image,
        Digest.Of(one.Content));

    private static string ComponentFileName(Component component) => Path.GetFileName(component.ComponentFile);

    private sealed record Rewritten(Component Component, byte[] Content, ImageReference? Image);
}

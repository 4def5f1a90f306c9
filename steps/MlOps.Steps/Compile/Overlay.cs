namespace MlOps.Steps.Compile;

/// <summary>
/// A copy of the checkout in which each component.yaml already carries its digest, because Python pipelines load component
/// files by path. It lasts as long as one compile; what git and mlops keep for themselves is left out.
/// </summary>
internal sealed class Overlay : IDisposable
{
    private static readonly string[] LeftOut = [".git", ".mlops", "node_modules", ".venv", "__pycache__", "bin", "obj"];
    private readonly string _original;

    private Overlay(string original, string root) => (_original, Root) = (original, root);

    public string Root { get; }

    public static Overlay Create(DeliveryContext context, RewrittenComponents components)
    {
        var overlay = new Overlay(context.Project.Root, Path.Combine(Path.GetTempPath(), $"mlops-overlay-{Guid.NewGuid():N}"));
        Copy(context.Project.Root, overlay.Root);
        foreach (var component in components.Components)
        {
            var own = context.Project.Components.First(found => found.Name == component.Component).ComponentFile;
            File.Copy(Path.Combine(context.Project.Root, component.File), overlay.PathOf(own), overwrite: true);
        }

        return overlay;
    }

    public string PathOf(string path) => Path.Combine(Root, Path.GetRelativePath(_original, path));

    /// <summary>The folders in a folder that are the repo's own.</summary>
    public static IEnumerable<string> Folders(string folder) => Directory.EnumerateDirectories(folder).Where(inner => !LeftOut.Contains(Path.GetFileName(inner)));

    public void Dispose() => Directory.Delete(Root, recursive: true);

    private static void Copy(string from, string to)
    {
        Directory.CreateDirectory(to);
        foreach (var file in Directory.EnumerateFiles(from))
        {
            File.Copy(file, Path.Combine(to, Path.GetFileName(file)));
        }

        foreach (var folder in Folders(from))
        {
            Copy(folder, Path.Combine(to, Path.GetFileName(folder)));
        }
    }
}

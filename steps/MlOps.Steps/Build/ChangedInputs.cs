using System.Collections.Immutable;
using MlOps.Containers.Build;
using MlOps.Steps.Project;

namespace MlOps.Steps.Build;

/// <summary>Which of a commit's changed files go into a component's image. This only explains; whether to build, the fingerprint decides.</summary>
internal sealed class ChangedInputs(ProjectFile project, SourceRevision source)
{
    private readonly ImmutableArray<ChangedFile> _changed = source.ChangedFiles ?? [];
    private readonly Lazy<Dictionary<string, int>> _places = new(() => (source.ChangedFiles ?? []).Index().DistinctBy(pair => pair.Item.Path, StringComparer.Ordinal).ToDictionary(pair => pair.Item.Path, pair => pair.Index, StringComparer.Ordinal));
    private readonly Lazy<int[]> _moved = new(() => [.. (source.ChangedFiles ?? []).Index().Where(pair => pair.Item.Kind == "deleted" || pair.Item.OldPath is not null).Select(pair => pair.Index)]);

    /// <summary>In the order of the revision.</summary>
    public ImmutableArray<ChangedFile> Of(ComponentInputs inputs)
    {
        var prefix = Relative(inputs.Root);
        prefix = prefix == "." ? "" : prefix + "/";
        var paths = inputs.Files.Select(file => prefix + file.Path);
        var own = inputs.Component.Dockerfile is { } dockerfile ? paths.Append(Relative(dockerfile)) : paths;
        var folder = Relative(inputs.Component.Folder) + "/";
        var ignore = new Lazy<DockerIgnore>(() => DockerIgnore.Of(inputs.Component.Folder, inputs.Component.Dockerfile ?? Path.Combine(inputs.Component.Folder, "Dockerfile")));
        var places = own.Select(path => _places.Value.GetValueOrDefault(path, -1)).Where(place => place >= 0).Concat(_moved.Value.Where(place => IsGone(_changed[place])));
        return [.. places.Distinct().Order().Select(place => _changed[place])];

        bool IsGone(ChangedFile file)
        {
            var path = file.Kind == "deleted" ? file.Path : file.OldPath;
            return path is not null && path.StartsWith(folder, StringComparison.Ordinal) && !ignore.Value.Ignores(path[folder.Length..]);
        }
    }

    private string Relative(string path) => Path.GetRelativePath(project.Root, path).Replace('\\', '/');
}

using System.Collections.Immutable;
using MlOps.Containers.Build;
using MlOps.Steps.Project;

namespace MlOps.Steps.Build;

/// <summary>Which of a commit's changed files go into a component's image. This only explains; whether to build, the fingerprint decides.</summary>
internal static class ChangedInputs
{
    public static ImmutableArray<ChangedFile> Of(ProjectFile project, SourceRevision source, ComponentInputs inputs)
    {
        if (source.ChangedFiles is not { IsDefaultOrEmpty: false } changed)
        {
            return [];
        }

        var prefix = Path.GetRelativePath(project.Root, inputs.Root).Replace('\\', '/');
        prefix = prefix == "." ? "" : prefix + "/";
        var files = inputs.Files.Select(file => prefix + file.Path).ToHashSet(StringComparer.Ordinal);
        if (inputs.Component.Dockerfile is { } dockerfile)
        {
            files.Add(Path.GetRelativePath(project.Root, dockerfile).Replace('\\', '/'));
        }

        var folder = Path.GetRelativePath(project.Root, inputs.Component.Folder).Replace('\\', '/') + "/";
        var ignore = new Lazy<DockerIgnore>(() => DockerIgnore.Of(inputs.Component.Folder, inputs.Component.Dockerfile ?? Path.Combine(inputs.Component.Folder, "Dockerfile")));
        return [.. changed.Where(file => files.Contains(file.Path) || IsGone(file))];

        bool IsGone(ChangedFile file)
        {
            var path = file.Kind == "deleted" ? file.Path : file.OldPath;
            return path is not null && path.StartsWith(folder, StringComparison.Ordinal) && !ignore.Value.Ignores(path[folder.Length..]);
        }
    }
}

using System.Collections.Immutable;
using MlOps.Containers.Dockerfiles;
using MlOps.Core.Problems;
using MlOps.Steps.Project;

namespace MlOps.Steps.Dockerfiles;

/// <summary>The Dockerfiles of a project's components, by component; those that cannot be read are left out.</summary>
internal sealed record ComponentDockerfiles(ProjectFile Project, ImmutableSortedDictionary<string, Dockerfile> Files)
{
    /// <summary>Reads them all. Places are relative to the project's folder.</summary>
    public static ComponentDockerfiles Read(ProjectFile project, ICollection<Problem> problems)
    {
        var files = ImmutableSortedDictionary.CreateBuilder<string, Dockerfile>(StringComparer.Ordinal);
        foreach (var component in project.Components.Where(component => component.Dockerfile is not null))
        {
            var file = Path.GetRelativePath(project.Root, component.Dockerfile!).Replace('\\', '/');
            if (SourceText.Read(project.Root, file, problems) is { } text)
            {
                files[component.Name] = DockerfileParser.Parse(file, text, problems);
            }
        }

        return new ComponentDockerfiles(project, files.ToImmutable());
    }

    public bool HasStage(Component component, string stage) => Files.TryGetValue(component.Name, out var dockerfile) && dockerfile.Stages.Any(one => string.Equals(one.Name, stage, StringComparison.OrdinalIgnoreCase));

    /// <summary>The components whose images a Dockerfile takes, by <c>ARG IMAGE_COMPONENT</c>, with the place of the ARG.</summary>
    public IEnumerable<(Component Component, SourceSpot Spot)> Others(string component) =>
        from argument in Files[component].Arguments.DistinctBy(argument => argument.Name)
        from other in Project.ByImageArgument[argument.Name]
        where other.Name != component
        select (other, argument.Spot);

    /// <summary>Images that are based on each other in a circle: none of them can be the first.</summary>
    public IEnumerable<Problem> Cycles()
    {
        var done = new HashSet<string>(StringComparer.Ordinal);
        return [.. Files.Keys.Select(name => Visit(name, [])).OfType<Problem>()];

        Problem? Visit(string name, ImmutableArray<string> path)
        {
            if (!Files.ContainsKey(name) || done.Contains(name))
            {
                return null;
            }

            var found = Others(name).Select(other => path.Add(name).IndexOf(other.Component.Name) is var at and >= 0
                ? Problem.Error("image-cycle", $"Images are based on each other: {string.Join(" -> ", path.Add(name)[at..].Add(other.Component.Name))}. Take one ARG IMAGE_… out.", other.Spot)
                : Visit(other.Component.Name, path.Add(name))).FirstOrDefault(problem => problem is not null);
            done.Add(name);
            return found;
        }
    }
}

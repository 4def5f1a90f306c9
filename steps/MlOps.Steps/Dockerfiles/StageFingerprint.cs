using System.Security.Cryptography;
using System.Text;
using MlOps.Containers.Build;
using MlOps.Core.Images;
using MlOps.Core.Problems;
using MlOps.Steps.Project;

namespace MlOps.Steps.Dockerfiles;

/// <summary>
/// SHA-256 of what a stage's result depends on as far as the checkout says: the component's build context, its Dockerfile and
/// build arguments, and the same of the components whose images it takes.
/// </summary>
internal static class StageFingerprint
{
    private const string Format = "mlops-stage/1";

    /// <exception cref="InvalidInputException">A file cannot be read.</exception>
    public static string Of(ComponentDockerfiles dockerfiles, Component component, string stage)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        Add(hash, $"{Format} {Toolkit.Version} {stage}");
        var seen = new SortedDictionary<string, Component>(StringComparer.Ordinal);
        Collect(dockerfiles, component, seen);
        foreach (var one in seen.Values)
        {
            AddComponent(hash, dockerfiles.Project.Root, one);
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    private static void Collect(ComponentDockerfiles dockerfiles, Component component, SortedDictionary<string, Component> seen)
    {
        if (seen.TryAdd(component.Name, component) && dockerfiles.Files.ContainsKey(component.Name))
        {
            foreach (var (other, _) in dockerfiles.Others(component.Name))
            {
                Collect(dockerfiles, other, seen);
            }
        }
    }

    private static void AddComponent(IncrementalHash hash, string root, Component component)
    {
        Add(hash, $"component {component.Name}");
        foreach (var (name, value) in component.Build.Args)
        {
            Add(hash, $"argument {name}={value}");
        }

        if (component.Dockerfile is null)
        {
            return;
        }

        Add(hash, $"dockerfile {ContentOf(component.Dockerfile, root)}");
        foreach (var file in BuildContext.Files(component.Folder, DockerIgnore.Of(component.Folder, component.Dockerfile)))
        {
            Add(hash, $"file {file.Path}\0{(file.LinkTarget is { } target ? "link " + target : $"{file.IsExecutable} {ContentOf(file.FullPath, root)}")}");
        }
    }

    private static Digest ContentOf(string path, string root)
    {
        try
        {
            using var content = File.OpenRead(path);
            return Digest.Of(content);
        }
        catch (UnauthorizedAccessException)
        {
            throw SourceText.Unreadable(Path.GetRelativePath(root, path).Replace('\\', '/'));
        }
    }

    private static void Add(IncrementalHash hash, string line) => hash.AppendData(Encoding.UTF8.GetBytes(line + "\n"));
}

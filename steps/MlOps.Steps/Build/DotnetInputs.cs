using System.Xml;
using System.Xml.Linq;
using MlOps.Containers.Build;
using MlOps.Core.Problems;
using MlOps.Steps.Project;

namespace MlOps.Steps.Build;

/// <summary>
/// The inputs of a .NET project that is published as an image: its folder, those of the projects that it refers to, and what MSBuild
/// and NuGet read in the folders above, up to the repo's root; not the reports that its tests leave there. Nothing else is there when it is published (<see cref="DotnetPublish"/>).
/// </summary>
internal static class DotnetInputs
{
    private const string Outputs = "**/bin\n**/obj\n";

    private static readonly string[] FromAbove =
    [
        "Directory.Build.props", "Directory.Build.targets", "Directory.Packages.props", "global.json", "nuget.config", "NuGet.config", "NuGet.Config", ".editorconfig",
    ];

    public static ComponentInputs? Read(ProjectFile project, Component component, string file, ICollection<Problem> problems)
    {
        var projects = new Dictionary<string, XDocument>(StringComparer.Ordinal);
        Load(project.Root, file, new SourceSpot(component.ComponentFile), projects, problems);
        if (!projects.TryGetValue(file, out var main) || DotnetBaseImage.Of(file, main, Above(project.Root, component.Folder), problems) is not { } baseImage)
        {
            return null;
        }

        var folders = projects.Keys.Select(path => Path.GetDirectoryName(path)!).Append(component.Folder).Distinct(StringComparer.Ordinal).ToArray();
        var files = folders.SelectMany(folder => Files(project.Root, folder, folder == component.Folder ? component.Test : TestSettings.None))
            .Concat(folders.SelectMany(folder => Above(project.Root, folder)).Select(path => new ContextFile(Relative(project.Root, path), path, null, IsExecutable: false)))
            .DistinctBy(one => one.Path)
            .OrderBy(one => one.Path, StringComparer.Ordinal);
        return new ComponentInputs(component, project.Root, [.. files], null, component.Build.Args, [baseImage], []);
    }

    private static IEnumerable<ContextFile> Files(string root, string folder, TestSettings test)
    {
        var own = Path.Combine(folder, ".dockerignore");
        var ignore = DockerIgnore.Parse(Outputs + (test.Command is null ? "" : test.Reports + "\n") + (File.Exists(own) ? File.ReadAllText(own) : ""), own);
        return BuildContext.Files(folder, ignore).Select(file => file with { Path = Relative(root, file.FullPath) });
    }

    private static IEnumerable<string> Above(string root, string folder)
    {
        for (var at = new DirectoryInfo(folder); at is not null && at.FullName.Length >= root.Length; at = at.Parent)
        {
            foreach (var path in FromAbove.Select(name => Path.Combine(at.FullName, name)).Where(File.Exists))
            {
                yield return path;
            }
        }
    }

    private static void Load(string root, string file, SourceSpot from, Dictionary<string, XDocument> projects, ICollection<Problem> problems)
    {
        if (projects.ContainsKey(file))
        {
            return;
        }

        if (Relative(root, file).StartsWith("../", StringComparison.Ordinal))
        {
            problems.Add(Problem.Error("outside-repo", $"It refers to {file}, which lies outside of the repo: an image is built from the repo alone.", from));
            return;
        }

        if (Parse(file, from, problems) is not { } xml)
        {
            return;
        }

        projects[file] = xml;
        foreach (var reference in xml.Descendants().Where(element => element.Name.LocalName == "ProjectReference"))
        {
            if (reference.Attribute("Include")?.Value is { Length: > 0 } include && !include.Contains("$(", StringComparison.Ordinal))
            {
                var spot = new SourceSpot(file, ((IXmlLineInfo)reference).LineNumber, ((IXmlLineInfo)reference).LinePosition);
                Load(root, Path.GetFullPath(include.Replace('\\', '/'), Path.GetDirectoryName(file)!), spot, projects, problems);
            }
        }
    }

    internal static XDocument? Parse(string file, SourceSpot from, ICollection<Problem> problems)
    {
        try
        {
            return XDocument.Load(file, LoadOptions.SetLineInfo);
        }
        catch (XmlException error)
        {
            problems.Add(Problem.Error("bad-project", $"It is not XML: {error.Message}", new SourceSpot(file, error.LineNumber, error.LinePosition)));
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            problems.Add(Problem.Error("unreadable-file", $"The project {file} cannot be read ({error.Message.TrimEnd('.')}).", from));
        }

        return null;
    }

    private static string Relative(string root, string path) => Path.GetRelativePath(root, path).Replace('\\', '/');
}

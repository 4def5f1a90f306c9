using System.Text.RegularExpressions;
using MlOps.Core.Problems;
using MlOps.Core.Yaml;

namespace MlOps.Steps.Project;

/// <summary>
/// Reads <c>mlops.yaml</c> (docs/mlops-yaml.md) and finds the components. All problems are reported at once; places are
/// <c>file:line:column</c> with the file relative to the repo's root.
/// </summary>
public static partial class ProjectFileReader
{
    /// <summary>The folder of the nearest <c>mlops.yaml</c>, from <paramref name="directory"/> upwards; null if there is none.</summary>
    public static string? FindRoot(string directory)
    {
        var folder = new DirectoryInfo(Path.GetFullPath(directory));
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, ProjectFile.FileName)))
        {
            folder = folder.Parent;
        }

        return folder?.FullName;
    }

    private static string Misnamed(string directory) =>
        File.Exists(Path.Combine(directory, "mlops.yml")) ? " There is a mlops.yml: rename it." : "";

    /// <exception cref="InvalidInputException">There is no file, it cannot be read, or it has problems.</exception>
    public static ProjectFile Read(string directory)
    {
        var root = FindRoot(directory) ?? throw new InvalidInputException(
            "no-project-file",
            $"There is no {ProjectFile.FileName} in {Path.GetFullPath(directory)} or in any folder above it.{Misnamed(directory)} Write one (docs/mlops-yaml.md), start from a template with 'mlops init', or give the repo's folder with --project-dir.");
        var problems = new List<Problem>();
        var project = SourceText.Read(root, ProjectFile.FileName, problems) is { } text && YamlText.ParseOne(ProjectFile.FileName, text, problems) is { } node
            ? Read(root, node, problems)
            : null;
        if (project is null || problems.Any(problem => problem.Severity == Severity.Error))
        {
            throw new InvalidInputException(InOrder(problems));
        }

        return project with { Warnings = [.. InOrder(problems)] };
    }

    private static ProjectFile? Read(string root, YamlNode node, List<Problem> problems)
    {
        if (Section.Of(node, ProjectFile.FileName, ProjectKeys.Top, problems) is not { } top)
        {
            return null;
        }

        var environments = EnvironmentsReader.Read(top, root);
        var pipelines = PipelineSourcesReader.Read(top, root);
        EnvironmentsReader.CheckReferences(environments, PipelineSourcesReader.Names(top), problems);
        var (folder, components) = ComponentsReader.Read(top, root, environments.Values.Select(environment => environment.Images));
        return new ProjectFile(
            Name(top) ?? "", root, folder, components, pipelines, SettingsReader.Test(top, ProjectKeys.Test), SettingsReader.Lint(top), environments)
        {
            CoerceCustomTypes = ComponentsReader.CoerceCustomTypes(top),
            Repository = TriggerReader.Repository(top),
            TriggerFiles = TriggerReader.Files(top, root),
        };
    }

    private static string? Name(Section top)
    {
        var name = top.Text("name");
        if (name is null && top["name"] is null)
        {
            top.Error("missing-key", $"{ProjectFile.FileName} lacks 'name': the repo's name, such as wildlife-strikes.", top.Spot);
        }
        else if (name is not null && !NameForm().IsMatch(name))
        {
            top.Error("bad-name", $"'{name}' is not a name: expected lower-case letters, digits and dashes, starting with a letter, at most 63.", top.SpotOf("name"));
        }

        return name;
    }

    private static IEnumerable<Problem> InOrder(IEnumerable<Problem> problems) =>
        problems.OrderBy(problem => problem.File == ProjectFile.FileName ? "" : problem.File, StringComparer.Ordinal).ThenBy(problem => problem.Line).ThenBy(problem => problem.Column);

    [GeneratedRegex("^[a-z]([-a-z0-9]{0,61}[a-z0-9])?$")]
    private static partial Regex NameForm();
}

using System.Collections.Immutable;
using MlOps.Core.Problems;
using MlOps.Core.Yaml;

namespace MlOps.Steps.Project;

/// <summary>The <c>components</c> key and the components' folder: each subfolder that holds a <c>component.yaml</c> is a component, named as the folder is.</summary>
internal static class ComponentsReader
{
    public const string FileName = "component.yaml";
    private const string DefaultFolder = "components";

    public static (string Folder, ImmutableArray<Component> Components) Read(Section top, string root, IEnumerable<string> repositories)
    {
        var section = top["components"] is YamlMap ? top.Inner("components", ProjectKeys.Components, "'components'") : null;
        var folder = (section is null ? top["components"] is YamlMap ? null : top.Text("components") : section.Text("folder")) ?? DefaultFolder;
        section?.Flag("coerceCustomTypes");
        var full = Path.GetFullPath(folder, root);
        if (!Directory.Exists(full))
        {
            if (top["components"] is not null)
            {
                top.Error("no-such-folder", $"The components' folder {folder} is not there.", section?.SpotOf("folder") ?? top.SpotOf("components"));
            }

            return (folder, []);
        }

        var settings = section?.Entries("settings") ?? [];
        var repo = SettingsReader.Build(top, root);
        var folders = Folders(full, root, top.Problems);
        foreach (var (name, _) in settings.Where(entry => !folders.Any(at => at.Name == entry.Key.Text)))
        {
            top.Error("unknown-component", $"'settings' speaks of component '{name.Text}', but {folder}/{name.Text}/{FileName} is not there.{Suggestion.For(name.Text, folders.Select(at => at.Name))}", name.Spot);
        }

        var places = repositories.ToHashSet(StringComparer.Ordinal);
        ImmutableArray<Component> components = [.. folders.Select(at => ReadOne(at, settings.FirstOrDefault(entry => entry.Key.Text == at.Name)?.Value, repo, root, top.Problems))];
        ComponentChecks.Check(components, root, places, top.Problems);
        return (folder, components);
    }

    public static bool CoerceCustomTypes(Section top) => (top["components"] as YamlMap)?["coerceCustomTypes"] is YamlScalar { Value: true };

    private static ImmutableArray<DirectoryInfo> Folders(string full, string root, ICollection<Problem> problems)
    {
        var found = ImmutableArray.CreateBuilder<DirectoryInfo>();
        foreach (var folder in new DirectoryInfo(full).EnumerateDirectories().OrderBy(folder => folder.Name, StringComparer.Ordinal))
        {
            if (File.Exists(Path.Combine(folder.FullName, FileName)))
            {
                found.Add(folder);
            }
            else if (new[] { "component.yml", "Component.yaml", "Dockerfile" }.FirstOrDefault(name => File.Exists(Path.Combine(folder.FullName, name))) is { } near)
            {
                var what = near == "Dockerfile" ? $"but no {FileName}, so it is not a component: write one" : $"which is not read: rename it to {FileName}";
                problems.Add(Problem.Warning("no-component-file", $"{Relative(root, folder.FullName)} holds {near}, {what}.", new SourceSpot(Relative(root, Path.Combine(folder.FullName, near)))));
            }
        }

        return found.ToImmutable();
    }

    private static Component ReadOne(DirectoryInfo folder, YamlNode? settings, BuildSettings repo, string root, ICollection<Problem> problems)
    {
        var section = settings is null ? null : Section.Of(settings, $"component '{folder.Name}'", ProjectKeys.Component, problems);
        var dockerfile = Named(section, "dockerfile", folder.FullName) ?? Existing(folder, "Dockerfile");
        var project = dockerfile is null ? Named(section, "project", folder.FullName) ?? Project(folder, root, problems) : null;
        return new Component(
            folder.Name,
            folder.FullName,
            Path.Combine(folder.FullName, FileName),
            dockerfile,
            project,
            section is null ? TestSettings.None : SettingsReader.Test(section, ProjectKeys.ComponentTest),
            section is null ? LintSettings.None : SettingsReader.Lint(section)) with
        {
            Build = section is null ? repo : SettingsReader.Build(section, root).Over(repo),
        };
    }

    private static string? Named(Section? section, string key, string folder)
    {
        if (section?.Text(key) is not { } file)
        {
            return null;
        }

        var path = Path.GetFullPath(file, folder);
        if (!File.Exists(path))
        {
            section.Error(key == "dockerfile" ? "no-dockerfile" : "no-such-file", $"'{key}' of {section.What} names {file}, which is not in the component's folder.", section.SpotOf(key));
        }

        return path;
    }

    private static string? Existing(DirectoryInfo folder, string name)
    {
        var path = Path.Combine(folder.FullName, name);
        return File.Exists(path) ? path : null;
    }

    private static string? Project(DirectoryInfo folder, string root, ICollection<Problem> problems)
    {
        var projects = folder.EnumerateFiles("*.csproj").Select(file => file.FullName).Order(StringComparer.Ordinal).ToArray();
        if (projects.Length > 1)
        {
            var names = string.Join(", ", projects.Select(Path.GetFileName));
            problems.Add(Problem.Error(
                "many-projects",
                $"{Relative(root, folder.FullName)} holds {projects.Length} projects ({names}) and no Dockerfile: say in {ProjectFile.FileName} which is the image, components: {{settings: {{{folder.Name}: {{project: {Path.GetFileName(projects[0])}}}}}}}.",
                new SourceSpot(Relative(root, projects[1]))));
        }

        return projects.FirstOrDefault();
    }

    public static string Relative(string root, string path) => Path.GetRelativePath(root, path).Replace('\\', '/');
}

using System.Collections.Immutable;
using System.Text.RegularExpressions;
using MlOps.Core.Images;
using MlOps.Core.Problems;

namespace MlOps.Steps.Project;

/// <summary>What must hold between components before any is built: names that differ and can be image names, and a way to build each image that is meant to be built here.</summary>
internal static partial class ComponentChecks
{
    public static void Check(ImmutableArray<Component> components, string root, IReadOnlySet<string> repositories, ICollection<Problem> problems)
    {
        foreach (var component in components.Where(component => component.IsBuilt && !(ImageReference.TryParse(component.Name, out var name) && name.Path == component.Name)))
        {
            problems.Add(Problem.Error("bad-name", $"Component '{component.Name}' cannot give its name to an image: expected lower-case letters and digits, with single dots, dashes or underscores between them. Rename the folder.", FileOf(component)));
        }

        foreach (var component in components.Where(component => component.Name is "repo" or "integration"))
        {
            problems.Add(Problem.Error("bad-name", $"No component may be called '{component.Name}': reports and logs have that name for the tests across components. Rename the folder.", FileOf(component)));
        }

        Unique(components, component => component.ImageArgument, FileOf, (one, other) => $"Components '{one.Name}' and '{other.Name}' are both {one.ImageArgument} as a build argument: rename one folder.", problems);
        var heads = components.ToDictionary(component => component.Name, component => ReadHead(component, root, problems), StringComparer.Ordinal);
        Unique(
            [.. components.Where(component => heads[component.Name].Name is not null)],
            component => Normal(heads[component.Name].Name!.Text),
            component => heads[component.Name].Name!.Spot,
            (one, other) => $"'{heads[other.Name].Name!.Text}' is also the name of {ComponentsReader.Relative(root, one.ComponentFile)}: two components of one name; rename one.",
            problems);
        foreach (var component in components.Where(component => !component.IsBuilt))
        {
            CheckImage(component, heads[component.Name].Image, root, repositories, problems);
        }

        SourceSpot FileOf(Component component) => new(ComponentsReader.Relative(root, component.ComponentFile));
    }

    private static void Unique(
        ImmutableArray<Component> components, Func<Component, string> key, Func<Component, SourceSpot> spot, Func<Component, Component, string> message, ICollection<Problem> problems)
    {
        foreach (var group in components.GroupBy(key, StringComparer.Ordinal))
        {
            foreach (var other in group.Skip(1))
            {
                problems.Add(Problem.Error("duplicate-component", message(group.First(), other), spot(other)));
            }
        }
    }

    private static void CheckImage(Component component, Line? image, string root, IReadOnlySet<string> repositories, ICollection<Problem> problems)
    {
        if (image is null || !ImageReference.TryParse(image.Text, out var reference) || reference.IsPinned)
        {
            return;
        }

        var isOwn = reference.Name == component.Name || repositories.Any(repository => reference.Name == $"{repository}/{component.Name}");
        if (isOwn)
        {
            var folder = ComponentsReader.Relative(root, component.Folder);
            problems.Add(Problem.Error(
                "no-dockerfile",
                $"Image '{image.Text}' is this component's own, but {folder} holds neither a Dockerfile nor a .csproj to build it from.{NearDockerfile(component)} Add {folder}/Dockerfile, or name an image that exists.",
                image.Spot));
        }
    }

    private static string NearDockerfile(Component component) =>
        Directory.EnumerateFiles(component.Folder).Select(Path.GetFileName).FirstOrDefault(name => name!.Contains("dockerfile", StringComparison.OrdinalIgnoreCase)) is { } near
            ? $" There is {near}: rename it to Dockerfile, or give it as 'dockerfile' under components.settings.{component.Name}."
            : "";

    /// <summary>Name and image by their lines, without parsing: lint and compile parse the whole file, and this is done on every start.</summary>
    private static (Line? Name, Line? Image) ReadHead(Component component, string root, ICollection<Problem> problems)
    {
        var file = ComponentsReader.Relative(root, component.ComponentFile);
        if (SourceText.Read(root, file, problems) is not { } text)
        {
            return default;
        }

        return (Find(NameLine(), text, file), Find(ImageLine(), text, file));
    }

    private static Line? Find(Regex form, string text, string file)
    {
        var value = form.Match(text).Groups["value"];
        if (!value.Success)
        {
            return null;
        }

        var before = text.AsSpan(0, value.Index);
        return new Line(value.Value, new SourceSpot(file, before.Count('\n') + 1, before.Length - before.LastIndexOf('\n')));
    }

    /// <summary>KFP's rule for component names (k8s names).</summary>
    private static string Normal(string name) => NotName().Replace(name.ToLowerInvariant(), "-").Trim('-');

    private sealed record Line(string Text, SourceSpot Spot);

    [GeneratedRegex(@"^name:[ \t]+[""']?(?<value>[^\r\n#""']+?)[""']?[ \t]*(#.*)?\r?$", RegexOptions.Multiline | RegexOptions.ExplicitCapture)]
    private static partial Regex NameLine();

    [GeneratedRegex(@"(^[ \t]+|[{,][ \t]*)image:[ \t]+[""']?(?<value>[^\s#""',}]+)", RegexOptions.Multiline | RegexOptions.ExplicitCapture)]
    private static partial Regex ImageLine();

    [GeneratedRegex("[^a-z0-9]+")]
    private static partial Regex NotName();
}

using MlOps.Core.Files;
using MlOps.Core.Problems;
using MlOps.Pipelines.Components;
using MlOps.Pipelines.Definitions;
using MlOps.Pipelines.Ir;

namespace MlOps.Pipelines.Compilation;

/// <summary>Finds and reads, once each, the components and nested pipelines that a pipeline uses.</summary>
/// <param name="definitionPath">Of the definition that names them.</param>
/// <param name="compile">Compiles a nested definition, given its full path.</param>
internal sealed class ComponentLibrary(string definitionPath, CompileOptions options, Func<string, SourceSpot, CompiledPipelineSpec?> compile, ICollection<Problem> problems)
{
    private readonly Dictionary<string, ComponentSpec?> _read = new(StringComparer.Ordinal);
    private readonly string _folder = Path.GetDirectoryName(Path.GetFullPath(definitionPath))!;
    private string? _components;
    private bool _searched;

    /// <summary>Reads what a task runs; where it cannot, the problem is told and the task has no component.</summary>
    public void Find(PlanTask task)
    {
        switch (task.Definition.Target)
        {
            case ComponentTarget component when ComponentReference.Is(component.Name):
                task.Component = Referenced(component);
                break;
            case ComponentTarget component when IsPath(component.Name):
                task.Component = File(component.Name, component.Spot);
                task.ComponentFolder = FolderOf(Path.GetFullPath(component.Name, _folder));
                break;
            case ComponentTarget component:
                task.Component = Named(component);
                task.ComponentFolder = component.Name;
                break;
            case PipelineTarget pipeline:
                task.Component = Pipeline(pipeline);
                break;
            case ImporterTarget importer:
                task.Component = ImporterComponent.Of(importer);
                break;
        }

        CheckSettings(task);
    }

    private void CheckSettings(PlanTask task)
    {
        if (task.Component is { Implementation: not ContainerImplementation } && task.Definition.Settings.ContainerSettingsSpot is { } spot)
        {
            problems.Add(Problem.Error("not-a-container", $"'env' and 'resources' are for containers; '{task.Id}' runs a pipeline or an importer. Set them on the tasks inside.", spot));
        }
    }

    private static bool IsPath(string name) =>
        name.EndsWith(".yaml", StringComparison.Ordinal) || name.EndsWith(".yml", StringComparison.Ordinal) || name.EndsWith(".json", StringComparison.Ordinal);

    private ComponentSpec? Named(ComponentTarget target)
    {
        if (Components() is not { } folder)
        {
            return Fault("unknown-component", $"There is no component '{target.Name}': no folder 'components' was found beside {Path.GetFileName(definitionPath)} or above it. Name a path ending in .yaml, or make the folder.", target.Spot);
        }

        var path = Path.Combine(folder, target.Name, "component.yaml");
        return System.IO.File.Exists(path)
            ? Read(path, target.Spot)
            : Fault("unknown-component", $"There is no component '{target.Name}': no file {Shown(path)}.{Suggestion.For(target.Name, Known(folder))}", target.Spot);
    }

    // Its problems name the address.
    private ComponentSpec? Referenced(ComponentTarget target)
    {
        if (_read.TryGetValue(target.Name, out var known))
        {
            return known;
        }

        if (!options.References.TryGetValue(target.Name, out var text))
        {
            return Fault("unknown-component", $"The component '{target.Name}' is not at hand: it is fetched before the pipeline is compiled.", target.Spot);
        }

        if (text is null)
        {
            return null;
        }

        _read[target.Name] = ComponentFile.Parse(target.Name, text, problems, options.CoerceCustomTypes);
        return _read[target.Name] ?? Fault("bad-component", $"This component cannot be used: {target.Name} has errors, which are listed with it.", target.Spot);
    }

    private static IEnumerable<string> Known(string folder) =>
        Directory.EnumerateDirectories(folder).Where(one => System.IO.File.Exists(Path.Combine(one, "component.yaml"))).Select(one => Path.GetFileName(one)!);

    private ComponentSpec? File(string relative, SourceSpot spot)
    {
        var path = Path.GetFullPath(relative, _folder);
        if (System.IO.File.Exists(path))
        {
            return Read(path, spot);
        }

        var near = Directory.Exists(Path.GetDirectoryName(path)) ? Directory.EnumerateFiles(Path.GetDirectoryName(path)!, "*.yaml").Select(file => Path.GetFileName(file)!) : [];
        return Fault("unknown-component", $"There is no file {Shown(path)}.{Suggestion.For(Path.GetFileName(path), near)}", spot);
    }

    private ComponentSpec? Read(string path, SourceSpot spot)
    {
        if (_read.TryGetValue(path, out var known))
        {
            return known;
        }

        if (!TryText(path, spot, out var text))
        {
            return _read[path] = null;
        }

        _read[path] = text is null ? null : ComponentFile.Parse(Shown(path), text, problems, options.CoerceCustomTypes);
        return _read[path] ?? Fault("bad-component", $"This component cannot be used: {Shown(path)} has errors, which are listed with it.", spot);
    }

    // What is no text is told in the file, and that it cannot be used where it is named.
    private bool TryText(string path, SourceSpot spot, out string? text)
    {
        text = null;
        try
        {
            text = TextFile.Read(options.ReadInstead?.Invoke(path) ?? path, Shown(path), problems);
            return true;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            Fault("unreadable-file", $"{Shown(path)} cannot be read: {error.Message}", spot);
            return false;
        }
    }

    private ComponentSpec? Pipeline(PipelineTarget target)
    {
        var path = Path.GetFullPath(target.Path, _folder);
        if (!System.IO.File.Exists(path) && !options.Definitions.ContainsKey(path))
        {
            return Fault("unknown-component", $"There is no pipeline {Shown(path)}.", target.Spot);
        }

        if (_read.TryGetValue(path, out var known))
        {
            return known;
        }

        _read[path] = compile(path, target.Spot) is { } compiled ? IrComponent.Of(compiled.Name, compiled.Spec, new SourceSpot(Shown(path), 1, 1)) : null;
        return _read[path] ?? Fault("bad-component", $"This pipeline cannot be used: {Shown(path)} has errors, which are listed with it.", target.Spot);
    }

    private string? Components()
    {
        if (!_searched)
        {
            _searched = true;
            _components = options.ComponentsFolder is { } given ? Path.GetFullPath(given) : Above(_folder);
        }

        return _components;
    }

    private static string? Above(string? folder)
    {
        for (; folder is not null; folder = Path.GetDirectoryName(folder))
        {
            if (Directory.Exists(Path.Combine(folder, "components")))
            {
                return Path.Combine(folder, "components");
            }
        }

        return null;
    }

    private string? FolderOf(string path) =>
        Path.GetFileName(path) == "component.yaml" && Components() is { } folder && Path.GetDirectoryName(path) is { } own && Path.GetDirectoryName(own) == folder ? Path.GetFileName(own) : null;

    // Files are named as the definition was: relative to where the command runs, if that was.
    private string Shown(string path) => FileNames.Like(definitionPath, path);

    private ComponentSpec? Fault(string code, string message, SourceSpot spot)
    {
        problems.Add(Problem.Error(code, message, spot));
        return null;
    }
}

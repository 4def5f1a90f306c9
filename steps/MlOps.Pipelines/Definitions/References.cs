using MlOps.Core.Files;
using MlOps.Core.Problems;
using MlOps.Pipelines.Compilation;

namespace MlOps.Pipelines.Definitions;

/// <summary>A component that is elsewhere: <c>component: https://…</c>.</summary>
/// <param name="Text">As it is written.</param>
public sealed record ComponentReference(string Text, SourceSpot Spot)
{
    public static bool Is(string component) => component.Contains("://", StringComparison.Ordinal);
}

/// <summary>Finds the references in definitions, so that what they name is at hand before they are compiled.</summary>
public static class References
{
    /// <param name="path">A definition's file; those that it nests are read, too.</param>
    /// <returns>Each once, where it is first used. What cannot be read is left to the compiler to tell.</returns>
    public static IReadOnlyList<ComponentReference> In(string path) => In(path, CompileOptions.None);

    internal static IReadOnlyList<ComponentReference> In(string path, CompileOptions options)
    {
        var found = new Dictionary<string, ComponentReference>(StringComparer.Ordinal);
        Visit(path, options, [], found);
        return [.. found.Values];
    }

    private static void Visit(string path, CompileOptions options, HashSet<string> seen, Dictionary<string, ComponentReference> found)
    {
        var full = Path.GetFullPath(path);
        if (!seen.Add(full) || Text(full, options) is not { } text || PipelineDefinition.Parse(path, text, []) is not { } definition)
        {
            return;
        }

        foreach (var target in definition.Tasks.SelectMany(Targets).Concat(definition.OnExit is { } exit ? [exit.Target] : []))
        {
            if (target is ComponentTarget { Name: var name } && ComponentReference.Is(name))
            {
                found.TryAdd(name, new ComponentReference(name, target.Spot));
            }
            else if (target is PipelineTarget nested)
            {
                Visit(FileNames.Like(path, Path.GetFullPath(nested.Path, Path.GetDirectoryName(full)!)), options, seen, found);
            }
        }
    }

    private static string? Text(string full, CompileOptions options)
    {
        if (options.Definitions.TryGetValue(full, out var text))
        {
            return text;
        }

        try
        {
            return TextFile.Read(full, full, []);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private static IEnumerable<TaskTarget> Targets(PipelineNode node) => node switch
    {
        TaskNode task => [task.Target],
        ConditionNode condition => condition.Tasks.SelectMany(Targets),
        LoopNode loop => loop.Tasks.SelectMany(Targets),
        BranchesNode branches => branches.Branches.SelectMany(branch => branch.Tasks).SelectMany(Targets),
        _ => [],
    };
}

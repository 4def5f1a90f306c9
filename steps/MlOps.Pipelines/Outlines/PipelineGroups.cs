using System.Text.Json.Nodes;

namespace MlOps.Pipelines.Outlines;

/// <summary>The groups of a compiled pipeline as people think of them. Compilers number them (<c>condition-1</c>, <c>for-loop-2</c>).</summary>
public sealed class PipelineGroups
{
    private const int Longest = 80;
    private readonly PipelineOutline _outline;
    private readonly SourceWords _words;

    private PipelineGroups(PipelineOutline outline) => (_outline, _words) = (outline, new SourceWords(outline, task => task.Name, isShort: true));

    public static PipelineGroups Of(JsonObject spec) => new(PipelineOutline.Of(spec));

    /// <summary><c>if evaluate.blessed == true</c>, <c>for each item of columns</c>; null for a nested pipeline, whose name says it, and for what is no group.</summary>
    /// <param name="names">The way to it from the top, names or keys of tasks.</param>
    public string? Words(IReadOnlyList<string> names)
    {
        IEnumerable<OutlineNode> level = _outline.Tasks;
        OutlineNode? found = null;
        foreach (var name in names)
        {
            found = level.FirstOrDefault(node => node.Name == name) ?? level.FirstOrDefault(node => node.Key == name);
            if (found is null)
            {
                return null;
            }

            level = found.Children;
        }

        if (found is null or { Kind: OutlineKind.Nested, Condition: null } or { IsBox: false })
        {
            return null;
        }

        var words = found.Kind == OutlineKind.Nested ? $"if {_words.Condition(found)}" : _words.Whole(found);
        return words.Length <= Longest ? words : $"{words[..(Longest - 1)]}…";
    }
}

using System.Text.Json.Nodes;
using MlOps.Core.Files;
using MlOps.Core.Images;
using MlOps.Pipelines.Ir;
using MlOps.Pipelines.Outlines;

namespace MlOps.Pipelines.Comparing;

/// <summary>
/// Which task of the one pipeline is which of the other: the one of the same name; of those that are left, one whose component is
/// the same. Boxes that compilers number are the same where most of the same tasks are in them.
/// </summary>
internal sealed class TaskMatching
{
    private readonly Dictionary<OutlineNode, OutlineNode> _new = [];
    private readonly HashSet<OutlineNode> _matched = [];

    public TaskMatching(PipelineOutline before, PipelineOutline after)
    {
        Before = [.. before.All()];
        After = [.. after.All()];
        Pair(node => HasName(node) ? $"{node.IsBox} {node.Path}" : null);
        Pair(node => node.IsBox ? null : Content(node, image => image));
        Pair(node => node.IsBox ? null : Content(node, Repository));
        Pair(node => node.IsBox ? null : Component(node), onlyIfAlone: true);
        PairBoxes();
    }

    public IReadOnlyList<OutlineNode> Before { get; }

    public IReadOnlyList<OutlineNode> After { get; }

    public IEnumerable<OutlineNode> Removed => Before.Where(node => !_new.ContainsKey(node));

    public IEnumerable<OutlineNode> Added => After.Where(node => !_matched.Contains(node));

    public IEnumerable<(OutlineNode Before, OutlineNode After)> Kept => Before.Where(_new.ContainsKey).Select(node => (node, _new[node]));

    public OutlineNode? NewOf(OutlineNode before) => _new.GetValueOrDefault(before);

    /// <summary>A task of the older pipeline by the name that it has now.</summary>
    public string NameOf(OutlineNode before) => (NewOf(before) ?? before).Path;

    /// <summary>Authors name tasks and nested pipelines; the other boxes are numbered.</summary>
    public static bool HasName(OutlineNode node) => !node.IsBox || node.Kind == OutlineKind.Nested;

    private void Pair(Func<OutlineNode, string?> key, bool onlyIfAlone = false)
    {
        var alike = Removed.Select(node => key(node) ?? "").CountBy(name => name, StringComparer.Ordinal).ToDictionary(StringComparer.Ordinal);
        var free = Added.Select(node => (node, key: key(node))).Where(item => item.key is not null)
            .GroupBy(item => item.key!, item => item.node, StringComparer.Ordinal)
            .ToDictionary(group => group.Key, group => new Queue<OutlineNode>(group), StringComparer.Ordinal);
        foreach (var node in Removed.ToArray())
        {
            if (key(node) is { } name && free.TryGetValue(name, out var candidates) && (!onlyIfAlone || (alike[name] == 1 && candidates.Count == 1)) && candidates.TryDequeue(out var match))
            {
                Match(node, match);
            }
        }
    }

    private void Match(OutlineNode before, OutlineNode after)
    {
        _new[before] = after;
        _matched.Add(after);
    }

    private void PairBoxes()
    {
        var votes = Kept.ToArray()
            .SelectMany(pair => pair.Before.Boxes().Where(box => !HasName(box)).SelectMany(old => pair.After.Boxes().Where(box => box.Kind == old.Kind && !HasName(box)).Select(box => (old, box))))
            .GroupBy(pair => pair)
            .OrderByDescending(group => group.Count())
            .ThenByDescending(group => group.Key.old.Condition == group.Key.box.Condition)
            .ThenBy(group => Math.Abs(Depth(group.Key.old) - Depth(group.Key.box)));
        foreach (var vote in votes)
        {
            if (!_new.ContainsKey(vote.Key.old) && !_matched.Contains(vote.Key.box))
            {
                Match(vote.Key.old, vote.Key.box);
            }
        }
    }

    private static int Depth(OutlineNode node) => node.Boxes().Count();

    private static string Content(OutlineNode task, Func<string, string> image)
    {
        var executor = task.Executor?.DeepClone() as JsonObject ?? [];
        if (executor.Map("container") is { } container && container.Text("image") is { } reference)
        {
            container["image"] = image(reference);
        }

        return CanonicalJson.Text(new JsonArray(executor, task.Component["inputDefinitions"]?.DeepClone(), task.Component["outputDefinitions"]?.DeepClone()));
    }

    /// <summary>What a component is though its code changed: its image and what it takes and hands out.</summary>
    private static string? Component(OutlineNode task) => task.Executor.Map("container").Text("image") is { } image
        ? CanonicalJson.Text(new JsonArray(Repository(image), task.Component["inputDefinitions"]?.DeepClone(), task.Component["outputDefinitions"]?.DeepClone()))
        : null;

    /// <summary>The image without its tag and digest.</summary>
    public static string Repository(string image) =>
        ImageReference.TryParse(image, out var reference) ? reference.Name : image;
}

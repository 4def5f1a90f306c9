using System.Collections.Immutable;
using MlOps.Core.Problems;
using MlOps.Core.Yaml;
using MlOps.Pipelines.Yaml;

namespace MlOps.Pipelines.Definitions;

/// <summary>Reads blocks of tasks and groups.</summary>
internal sealed class BlockReader(ValueReader values, ICollection<Problem> problems)
{
    private readonly Dictionary<string, YamlScalar> _ids = new(StringComparer.Ordinal);
    private readonly TaskReader _tasks = new(values, problems);
    private readonly ConditionParser _conditions = new(values, problems);

    /// <summary>The tasks under the key <c>tasks</c>, which must be there.</summary>
    public ImmutableArray<PipelineNode> Block(YamlMap owner, string what)
    {
        if (owner.Given("tasks") is not { } node)
        {
            problems.Add(Problem.Error("no-tasks", $"{char.ToUpperInvariant(what[0])}{what[1..]} needs 'tasks'.", owner.Entry("tasks")?.Key.Spot ?? owner.Spot));
            return [];
        }

        if (node.AsMap("'tasks'", problems) is not { } map)
        {
            return [];
        }

        if (map.Entries.IsEmpty)
        {
            problems.Add(Problem.Error("no-tasks", $"{char.ToUpperInvariant(what[0])}{what[1..]} needs at least one task.", owner.Entry("tasks")!.Key.Spot));
        }

        var nodes = ImmutableArray.CreateBuilder<PipelineNode>();
        foreach (var entry in map.Entries)
        {
            Claim(entry.Key);
            if (Node(entry) is { } read)
            {
                nodes.Add(read);
            }
        }

        return nodes.ToImmutable();
    }

    /// <summary>The task under <c>onExit</c>, whose id is <c>on-exit</c> if it gives none.</summary>
    public TaskNode? ExitTask(YamlNode node)
    {
        if (node.AsMap("'onExit'", problems) is not { } map)
        {
            return null;
        }

        var id = map.Given("id") as YamlScalar ?? new YamlScalar("on-exit", Plain: true, map.Spot, map.Start, map.Start);
        Claim(id);
        return _tasks.Read(id.Text, map, id.Spot, isExit: true);
    }

    private void Claim(YamlScalar id)
    {
        IdRules.CheckId(id, problems);
        if (!_ids.TryAdd(id.Text, id))
        {
            problems.Add(Problem.Error("duplicate-id", $"The id '{id.Text}' is taken by another task or group at {_ids[id.Text].Spot.Line}:{_ids[id.Text].Spot.Column}; ids are unique over the whole pipeline, groups included.", id.Spot));
        }
    }

    private PipelineNode? Node(YamlEntry entry)
    {
        var (id, spot) = (entry.Key.Text, entry.Key.Spot);
        if (entry.Value.AsMap($"'{id}'", problems) is not { } map)
        {
            return null;
        }

        var isTask = map["component"] is not null || map["pipeline"] is not null || map["importer"] is not null;
        if (isTask)
        {
            return _tasks.Read(id, map, spot, isExit: false);
        }

        if (map.Entry("forEach") is { } loop)
        {
            return Loop(id, map, loop, spot);
        }

        if (map.Entry("branches") is { } branches)
        {
            return Branches(id, map, branches.Value, spot);
        }

        if (map.Entry("tasks") is not null || map.Entry("if") is not null)
        {
            return Guarded(id, map, spot);
        }

        return NeitherTaskNorGroup(id, map, spot);
    }

    private TaskNode NeitherTaskNorGroup(string id, YamlMap map, SourceSpot spot)
    {
        string[] heads = ["component", "pipeline", "importer", "forEach", "branches", "if"];
        var near = map.Entries.FirstOrDefault(entry => heads.Any(head => Suggestion.Distance(entry.Key.Text, head) is > 0 and <= 2));
        var hint = near is null ? "" : Suggestion.For(near.Key.Text, heads);
        problems.Add(Problem.Error("no-target", $"'{id}' is neither a task (component, pipeline or importer) nor a group (forEach, branches, or if with tasks).{hint}", near?.Key.Spot ?? spot));
        return new TaskNode(id, new UnreadableTarget(spot), spot);
    }

    private ConditionNode Guarded(string id, YamlMap map, SourceSpot spot)
    {
        map.OnlyKeys($"the group '{id}'", problems, "if", "tasks", "displayName");
        if (map.Given("if") is null)
        {
            problems.Add(Problem.Error("missing-key", $"The group '{id}' needs 'if', 'forEach' or 'branches'.", spot));
        }

        var condition = map.Given("if") is { } node ? _conditions.Parse(node) : Unreadable(spot);
        return new ConditionNode(id, condition, Block(map, $"the group '{id}'"), DisplayName(map, id), spot);
    }

    private LoopNode Loop(string id, YamlMap map, YamlEntry loop, SourceSpot spot)
    {
        map.OnlyKeys($"the loop '{id}'", problems, "forEach", "as", "parallelism", "tasks", "displayName");
        var items = new LoopItemsReader(values, problems).Read(loop.Value);
        var name = "item";
        if (map.Given("as") is { } node && node.AsText("'as'", problems) is { } written)
        {
            name = written;
            IdRules.CheckName((YamlScalar)node, "an item", problems);
            if (ExpressionParser.IsReserved(written))
            {
                problems.Add(Problem.Error("bad-name", $"'{written}' has a meaning of its own in expressions and cannot be an item's name.", node.Spot));
            }
        }

        var tasks = Block(map, $"the loop '{id}'");
        return new LoopNode(id, items ?? new ReferencedItems(new UnreadableExpression(loop.Value.Spot), loop.Value.Spot), name, Parallelism(map), tasks, DisplayName(map, id), spot);
    }

    private int Parallelism(YamlMap map)
    {
        switch (map.Given("parallelism"))
        {
            case null:
                return 0;
            case YamlScalar { Value: long and >= 0 and <= int.MaxValue } scalar:
                return (int)(long)scalar.Value!;
            case var node:
                problems.Add(Problem.Error("wrong-kind", $"'parallelism' must be an integer, how many items run at once (0: no limit); this is {(node as YamlScalar)?.Text ?? node.Kind}.", node.Spot));
                return 0;
        }
    }

    private PipelineNode? Branches(string id, YamlMap map, YamlNode node, SourceSpot spot)
    {
        map.OnlyKeys($"the group '{id}'", problems, "branches");
        if (node.AsList("'branches'", problems) is not { } list)
        {
            return null;
        }

        var branches = ImmutableArray.CreateBuilder<Branch>();
        for (var index = 0; index < list.Items.Length; index++)
        {
            if (list.Items[index].AsMap("A branch", problems) is { } branch)
            {
                branches.Add(Branch(id, branch, index, index == list.Items.Length - 1));
            }
        }

        if (list.Items.IsEmpty)
        {
            problems.Add(Problem.Error("no-tasks", $"The group '{id}' needs at least one branch.", spot));
        }

        // One branch alone is a plain condition.
        return branches is [{ If: { } alone } only] && list.Items.Length == 1
            ? new ConditionNode(id, alone, only.Tasks, DisplayName: null, spot)
            : new BranchesNode(id, branches.ToImmutable(), spot);
    }

    private Branch Branch(string id, YamlMap map, int index, bool isLast)
    {
        map.OnlyKeys("a branch", problems, "if", "else", "tasks");
        var isElse = map.Entry("else");
        if ((map.Entry("if") is null) == (isElse is null))
        {
            problems.Add(Problem.Error("bad-branch", "A branch has either 'if' or 'else: true'.", map.Spot));
        }
        else if (isElse is not null && isElse.Value is not YamlScalar { Value: true })
        {
            problems.Add(Problem.Error("bad-branch", "Write 'else: true'.", isElse.Value.Spot));
        }
        else if (isElse is not null && (index == 0 || !isLast))
        {
            problems.Add(Problem.Error("bad-branch", index == 0 ? "The first branch needs an 'if'; 'else' comes last." : "'else' must be the last branch.", isElse.Key.Spot));
        }

        var condition = map["if"] is { } node ? _conditions.Parse(node) : isElse is null ? Unreadable(map.Spot) : null;
        return new Branch(condition, Block(map, $"a branch of '{id}'"), map.Spot);
    }

    private static Condition Unreadable(SourceSpot spot) => new(new UnreadableExpression(spot), "==", new Operand(null, ""), spot);

    private string? DisplayName(YamlMap map, string id) => map.Text("displayName", $"The display name of '{id}'", problems);
}

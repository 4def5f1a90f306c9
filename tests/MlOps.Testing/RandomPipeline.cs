using System.Globalization;
using System.Text;

namespace MlOps.Testing;

/// <summary>Writes a well-typed definition over <see cref="PipelineComponents"/>, the same for the same seed.</summary>
/// <param name="seed">Of every choice.</param>
/// <param name="size">How many tasks and groups, at most.</param>
public sealed class RandomPipeline(int seed, int size)
{
    private static readonly (string Name, string Type)[] Made = [("word", "string"), ("num", "int"), ("rate", "float"), ("ok", "bool"), ("tags", "list"), ("data", "Dataset")];
    private static readonly (string Name, string Type)[] Used = [("word", "string"), ("model", "Model")];
    private static readonly (string Name, string Type)[] Taken = [("text", "string"), ("size", "int"), ("rate", "float"), ("items", "list"), ("options", "dict"), ("data", "Dataset"), ("any", "Artifact")];

    private readonly Random _random = new(seed);
    private readonly StringBuilder _text = new();
    private int _left = size;
    private int _ids;

    /// <param name="Expression">What stands between the braces.</param>
    /// <param name="Type">As definitions write it; empty for the item of a list that is no literal, which fits any parameter.</param>
    private sealed record Value(string Expression, string Type)
    {
        public bool IsText { get; init; } = true;
    }

    /// <summary>What a block hands to what stands after it: the outputs of its own tasks, and of loops directly in it.</summary>
    private sealed record Block(List<Value> Own, List<Value> Collected);

    public string Write()
    {
        var inputs = new List<Value> { new("inputs.rows", "int"), new("inputs.label", "string"), new("inputs.shards", "list"), new("inputs.share", "float"), new("inputs.on", "bool"), new("inputs.table", "Dataset") };
        var hasExit = Chance(4);
        _text.Append("inputs: {rows: {type: int, default: 3}, label: {type: string}, shards: {type: list}, share: {type: float}, on: {type: bool, default: true}, table: {type: Dataset}}\n");
        _text.Append("tasks:\n");
        var block = Tasks(inputs, [], 1);
        if (hasExit)
        {
            _text.Append("onExit: {component: use, with: {text: 'after ${{ run.id }} of ${{ inputs.label }}'}}\n");
        }
        else if (block.Own.Where(value => value.Expression.StartsWith("tasks.", StringComparison.Ordinal)).Concat(block.Collected).ToArray() is { Length: > 0 } outputs)
        {
            _text.Append(CultureInfo.InvariantCulture, $"outputs: {{x: '${{{{ {Any(outputs).Expression} }}}}'}}\n");
        }

        return "name: random\n" + _text;
    }

    // A block has one task at least.
    private Block Tasks(List<Value> around, List<string> lists, int depth)
    {
        var scope = new List<Value>(around);
        var block = new Block([], []);
        do
        {
            _left--;
            switch (depth > 4 ? 0 : _random.Next(8))
            {
                case 4:
                    Condition(scope, lists, depth);
                    break;
                case 5:
                    Loop(scope, block, lists, depth);
                    break;
                case 6:
                    Branches(scope, lists, depth);
                    break;
                case 7:
                    Importer(scope, block, depth);
                    break;
                default:
                    Task(scope, block, depth);
                    break;
            }
        }
        while (_left > 0 && !Chance(4));
        return block;
    }

    private void Task(List<Value> scope, Block block, int depth)
    {
        var id = Id();
        var isUse = Chance(2);
        var given = (isUse ? Taken : [("count", "int")]).Where(_ => Chance(2)).Select(input => Argument(input.Name, input.Type, scope)).OfType<string>().ToArray();
        var after = scope.Select(value => value.Expression.Split('.')).Where(parts => parts[0] == "tasks").Select(parts => parts[1]).Where(_ => Chance(9)).Distinct(StringComparer.Ordinal).ToArray();
        string[] settings =
        [
            .. given.Length == 0 ? [] : new[] { $"with: {{{string.Join(", ", given)}}}" },
            .. after.Length == 0 ? [] : new[] { $"after: [{string.Join(", ", after)}]" },
            .. Chance(5) ? new[] { "retry: {attempts: 2, backoff: 30s}" } : [],
            .. Chance(5) ? new[] { "caching: false" } : [],
            .. Chance(5) ? new[] { "env: {LOG: debug}, resources: {cpu: '2', memory: 4G}" } : [],
        ];
        var condition = Chance(6) ? Comparison(scope) : null;
        Line(depth, $"{id}: {{{string.Join(", ", settings.Prepend($"component: {(isUse ? "use" : "make")}"))}{(condition is null ? "" : $", if: \"{condition}\"")}}}");
        if (condition is null)
        {
            Add(scope, block, (isUse ? Used : Made).Select(output => new Value($"tasks.{id}.outputs.{output.Name}", output.Type)));
        }
    }

    private void Importer(List<Value> scope, Block block, int depth)
    {
        var id = Id();
        var uri = Chance(2) ? "gs://bucket/x" : $"${{{{ {Any(scope.Where(value => value.Type is "string" && value.IsText)).Expression} }}}}";
        var metadata = scope.Where(value => value.IsText && value.Type is "string" or "int" or "float" && Chance(5)).Select((value, index) => $"k{index}: 'x ${{{{ {value.Expression} }}}}'");
        Line(depth, $"{id}: {{importer: {{uri: '{uri}', type: Dataset, metadata: {{{string.Join(", ", metadata)}}}}}}}");
        Add(scope, block, [new Value($"tasks.{id}.outputs.artifact", "Dataset")]);
    }

    private void Condition(List<Value> scope, List<string> lists, int depth)
    {
        Line(depth, $"{Id()}:");
        Line(depth + 1, $"if: \"{Comparison(scope)}\"");
        Line(depth + 1, "tasks:");
        Tasks(scope, lists, depth + 2);
    }

    private void Loop(List<Value> scope, Block block, List<string> lists, int depth)
    {
        var name = $"row{_ids}";
        var list = scope.Where(value => value.Type == "list" && value.IsText && !lists.Contains(value.Expression)).ToArray();
        Value[] items;
        Line(depth, $"{Id()}:");
        if (list.Length > 0 && Chance(2))
        {
            var over = Any(list);
            lists = [.. lists, over.Expression];
            items = [new Value(name, ""), new Value(name + ".field", "")];
            Line(depth + 1, $"forEach: ${{{{ {over.Expression} }}}}");
        }
        else
        {
            var isMap = Chance(2);
            items = isMap ? [new Value(name + ".n", "string"), new Value(name + ".k", "int")] : [new Value(name, "int")];
            Line(depth + 1, isMap ? "forEach: [{n: a, k: 1}, {n: b, k: 2}]" : "forEach: [1, 2]");
        }

        Line(depth + 1, $"as: {name}");
        Line(depth + 1, $"parallelism: {_random.Next(3)}");
        Line(depth + 1, "tasks:");
        var inner = Tasks([.. scope, .. items], lists, depth + 2);

        // One list level for all the loops around, so a collected value is collected anew from its task.
        var collected = inner.Own.Concat(inner.Collected)
            .Select(value => value.Expression.StartsWith("collected(", StringComparison.Ordinal) ? value : new Value($"collected({value.Expression})", value.Type is "Dataset" or "Model" ? "artifacts" : "list") { IsText = false })
            .ToArray();
        block.Collected.AddRange(collected);
        scope.AddRange(collected);
    }

    private void Branches(List<Value> scope, List<string> lists, int depth)
    {
        var words = new List<string>();
        Line(depth, $"{Id()}:");
        Line(depth + 1, "branches:");
        var count = 2 + _random.Next(2);
        for (var branch = 0; branch < count; branch++)
        {
            Line(depth + 1, branch == count - 1 ? "- else: true" : $"- if: \"{Comparison(scope)}\"");
            Line(depth + 2, "tasks:");
            var id = Id();
            Line(depth + 3, $"{id}: {{component: use}}");
            words.Add($"tasks.{id}.outputs.word");
            _left--;
            if (_left > 0)
            {
                Tasks(scope, lists, depth + 3);
            }
        }

        scope.Add(new Value($"oneOf({string.Join(", ", words)})", "string") { IsText = false });
    }

    private string Comparison(List<Value> scope)
    {
        var left = Any(scope.Where(value => value.IsText && value.Type is "string" or "int" or "float" or "bool"));
        var right = left.Type switch
        {
            "string" => "== 'x'",
            "bool" => "!= true",
            "int" => "> 3",
            _ => "<= 0.5",
        };
        return $"${{{{ {left.Expression} }}}} {right}";
    }

    private string? Argument(string name, string type, List<Value> scope)
    {
        var fitting = scope.Where(value => value.Type == type || (type == "Artifact" && value.Type is "Dataset" or "Model") || (value.Type.Length == 0 && type is not ("Dataset" or "Artifact"))).ToArray();
        var literal = type switch
        {
            "string" => Chance(2) ? "plain" : $"'of ${{{{ {Any(scope.Where(value => value.IsText && value.Type is not ("Dataset" or "Model"))).Expression} }}}} in ${{{{ run.name }}}}'",
            "int" => "7",
            "float" => "2",
            "list" => "[1, {a: 'x ${{ inputs.label }}'}]",
            "dict" => "{depth: 3, deep: ['${{ inputs.rows }}']}",
            _ => null,
        };
        return fitting.Length > 0 && (literal is null || Chance(2)) ? $"{name}: '${{{{ {Any(fitting).Expression} }}}}'" : literal is null ? null : $"{name}: {literal}";
    }

    private static void Add(List<Value> scope, Block block, IEnumerable<Value> values)
    {
        foreach (var value in values)
        {
            scope.Add(value);
            block.Own.Add(value);
        }
    }

    private string Id() => string.Create(CultureInfo.InvariantCulture, $"n{_ids++}");

    private bool Chance(int oneIn) => _random.Next(oneIn) == 0;

    private Value Any(IEnumerable<Value> values)
    {
        var list = values.ToArray();
        return list[_random.Next(list.Length)];
    }

    private void Line(int depth, string text) => _text.Append(' ', 2 * depth).Append(text).Append('\n');
}

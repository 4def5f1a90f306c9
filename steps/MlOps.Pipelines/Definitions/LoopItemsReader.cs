using System.Collections.Immutable;
using System.Text.Json.Nodes;
using MlOps.Core.Problems;
using MlOps.Core.Yaml;
using MlOps.Pipelines.Components;
using MlOps.Pipelines.Yaml;

namespace MlOps.Pipelines.Definitions;

/// <summary>Reads what stands after <c>forEach</c>: a reference to a list, or a list of literals of one type.</summary>
internal sealed class LoopItemsReader(ValueReader values, ICollection<Problem> problems)
{
    public LoopItems? Read(YamlNode node)
    {
        if (node is not YamlList list)
        {
            return values.Reference(node, "'forEach' takes a list, or a reference to one. The reference") switch
            {
                null => null,
                CollectedReference or OneOfReference => Fault(node, "bad-loop", "A loop goes over an input, an output of a task, an item or a field of one; not over collected(…) or oneOf(…). Pass the list through a task."),
                RunReference => Fault(node, "wrong-type", "A run's values are strings, not lists."),
                var reference => new ReferencedItems(reference, node.Spot),
            };
        }

        if (list.Items.IsEmpty)
        {
            return Fault(node, "empty-list", "The list is empty: the loop would never run.");
        }

        var types = list.Items.Select(TypeOf).ToArray();
        var isRight = CheckTypes(list, types) & CheckFields(list) & CheckExact(list) & !HasExpression(list);
        return isRight ? new LiteralItems((JsonArray)YamlJson.Of(list, problems)!, types[0]!, Fields(list.Items[0]), node.Spot) : null;
    }

    private bool CheckTypes(YamlList list, DataType?[] types)
    {
        var odd = Array.FindIndex(types, type => type is null || type != types[0]);
        if (odd < 0)
        {
            return true;
        }

        Fault(list.Items[odd], "mixed-list", types[odd] is null
            ? "An item of a loop cannot be null."
            : $"All items of a loop have one type: the first is {list.Items[0].Kind}, this is {list.Items[odd].Kind}.");
        return false;
    }

    private bool CheckFields(YamlList list)
    {
        if (list.Items[0] is not YamlMap first)
        {
            return true;
        }

        var keys = first.Entries.Select(entry => entry.Key.Text).ToHashSet(StringComparer.Ordinal);
        var odd = list.Items.OfType<YamlMap>().FirstOrDefault(map => !keys.SetEquals(map.Entries.Select(entry => entry.Key.Text)));
        if (odd is null)
        {
            return true;
        }

        Fault(odd, "mixed-list", $"All maps of a loop have the same keys: the first has {string.Join(", ", keys)}, this has {string.Join(", ", odd.Entries.Select(entry => entry.Key.Text))}.");
        return false;
    }

    private bool CheckExact(YamlNode node)
    {
        foreach (var odd in ExactIntegers.Beyond(node))
        {
            Fault(odd, "wrong-type", ExactIntegers.Message(odd));
        }

        return !ExactIntegers.Beyond(node).Any();
    }

    private bool HasExpression(YamlNode node)
    {
        switch (node)
        {
            case YamlScalar { Value: string written } when written.Replace("$${{", "", StringComparison.Ordinal).Contains("${{", StringComparison.Ordinal):
                Fault(node, "bad-loop", "The list of a loop is made of literals; no expression can stand in it.");
                return true;
            case YamlList list:
                return list.Items.Count(HasExpression) > 0;
            case YamlMap map:
                return map.Entries.Count(entry => HasExpression(entry.Value)) > 0;
            default:
                return false;
        }
    }

    private static ImmutableDictionary<string, DataType> Fields(YamlNode first) =>
        first is YamlMap map
            ? map.Entries.Select(entry => (entry.Key.Text, Type: TypeOf(entry.Value))).Where(field => field.Type is not null).ToImmutableDictionary(field => field.Text, field => field.Type!, StringComparer.Ordinal)
            : ImmutableDictionary<string, DataType>.Empty;

    private static DataType? TypeOf(YamlNode node) => node switch
    {
        YamlMap => DataType.Struct,
        YamlList => DataType.List,
        YamlScalar { Value: bool } => DataType.Boolean,
        YamlScalar { Value: long } => DataType.Integer,
        YamlScalar { Value: double } => DataType.Double,
        YamlScalar { Value: string } => DataType.String,
        _ => null,
    };

    private LoopItems? Fault(YamlNode at, string code, string message)
    {
        problems.Add(Problem.Error(code, message, at.Spot));
        return null;
    }
}

using System.Collections.Immutable;
using MlOps.Core.Problems;
using MlOps.Core.Yaml;

namespace MlOps.Pipelines.Definitions;

/// <summary>Reads YAML values with <c>${{ … }}</c> in them. <c>$${{</c> is a literal <c>${{</c>.</summary>
/// <param name="text">The file's text, for the exact places of expressions.</param>
internal sealed class ValueReader(string text, ICollection<Problem> problems)
{
    private const string Open = "${{";
    private const string Close = "}}";

    /// <summary>An argument: a lone reference passes its value, anything else is a literal or interpolated text.</summary>
    public ArgumentValue? Argument(YamlNode node)
    {
        if (node is not YamlScalar { Value: string written } scalar)
        {
            return Literal(node);
        }

        return Parts(written, scalar) switch
        {
            null => null,
            [{ Expression: { } alone, Text.Length: 0 }] => new ReferenceValue(alone, node.Spot),
            var parts => Text(parts.Value, node.Spot),
        };
    }

    /// <summary>A value inside a list or map, where even a lone reference is interpolated.</summary>
    private ArgumentValue? Literal(YamlNode node)
    {
        switch (node)
        {
            case YamlList list:
                var items = list.Items.Select(Literal).ToArray();
                return Array.TrueForAll(items, item => item is not null) ? new ListValue([.. items!], node.Spot) : null;
            case YamlMap map:
                var entries = map.Entries.Select(entry => KeyValuePair.Create(entry.Key.Text, Literal(entry.Value))).ToArray();
                return Array.TrueForAll(entries, entry => entry.Value is not null) ? new MapValue([.. entries!], node.Spot) : null;
            case YamlScalar { Value: string written } scalar:
                return Parts(written, scalar) is { } parts ? Text(parts, node.Spot) : null;
            case YamlScalar { Value: double number } scalar when !double.IsFinite(number):
                problems.Add(Problem.Error("not-a-number", $"{scalar.Text} has no form in JSON, and so none in a pipeline.", node.Spot));
                return null;
            default:
                return new ScalarValue(((YamlScalar)node).Value, node.Spot);
        }
    }

    /// <summary>The one expression that a scalar must be.</summary>
    public Expression? Reference(YamlNode node, string what)
    {
        if (node is YamlScalar { Value: string written } scalar)
        {
            switch (Parts(written, scalar))
            {
                case null:
                    return null;
                case [{ Expression: { } alone, Text.Length: 0 }]:
                    return alone;
            }
        }

        problems.Add(Problem.Error("not-a-reference", $"{what} must be one expression and nothing else, such as ${{{{ tasks.ID.outputs.NAME }}}}.", node.Spot));
        return null;
    }

    /// <summary>The text and expressions of a string, in order; null, with a problem, where an expression is wrong.</summary>
    public ImmutableArray<TextPart>? Parts(string written, YamlScalar scalar)
    {
        if (!written.Contains(Open, StringComparison.Ordinal))
        {
            return [new TextPart(written, null)];
        }

        var parts = ImmutableArray.CreateBuilder<TextPart>();
        var places = new ExpressionPlaces(text, scalar);
        var isRight = true;
        var literal = "";
        var at = 0;
        while (written.IndexOf(Open, at, StringComparison.Ordinal) is var open and >= 0)
        {
            var spot = places.Next();
            if (open > at && written[open - 1] == '$')
            {
                literal += written[at..(open - 1)] + Open;
                at = open + Open.Length;
                continue;
            }

            literal += written[at..open];
            var close = written.IndexOf(Close, open, StringComparison.Ordinal);
            if (close < 0)
            {
                problems.Add(Problem.Error("bad-expression", $"'{written[open..]}' has no closing }}}}. A literal ${{{{ is written $${{{{.", spot));
                return null;
            }

            var expression = new ExpressionParser(written[(open + Open.Length)..close], spot, problems).Parse();
            isRight &= expression is not null;
            Add(parts, ref literal, expression);
            at = close + Close.Length;
        }

        literal += written[at..];
        Add(parts, ref literal, expression: null);
        return isRight ? parts.ToImmutable() : null;
    }

    private static void Add(ImmutableArray<TextPart>.Builder parts, ref string literal, Expression? expression)
    {
        if (literal.Length > 0)
        {
            parts.Add(new TextPart(literal, null));
            literal = "";
        }

        if (expression is not null)
        {
            parts.Add(new TextPart("", expression));
        }
    }

    // Text without expressions is a plain string.
    private static ArgumentValue Text(ImmutableArray<TextPart> parts, SourceSpot spot) =>
        parts.All(part => part.Expression is null) ? new ScalarValue(string.Concat(parts.Select(part => part.Text)), spot) : new TextValue(parts, spot);
}

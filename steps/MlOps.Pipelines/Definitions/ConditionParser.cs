using System.Globalization;
using System.Text.RegularExpressions;
using MlOps.Core.Problems;
using MlOps.Core.Yaml;

namespace MlOps.Pipelines.Definitions;

/// <summary>Parses <c>${{ reference }} OPERATOR (${{ reference }} | literal)</c>.</summary>
internal sealed partial class ConditionParser(ValueReader values, ICollection<Problem> problems)
{
    private const string Form = "Write one comparison: ${{ a reference }}, one of == != > >= < <=, and a reference or a literal ('text', a number, true, false).";

    /// <summary>The condition; where it is none, with a problem, one that stands for what could not be read.</summary>
    public Condition Parse(YamlNode node) => Read(node) ?? new Condition(new UnreadableExpression(node.Spot), "==", new Operand(null, ""), node.Spot);

    private Condition? Read(YamlNode node)
    {
        if (node is not YamlScalar { Value: string written } scalar)
        {
            return Syntax(node, $"this is {node.Kind}");
        }

        if (values.Parts(written, scalar) is not { } parts)
        {
            return null;
        }

        var rest = parts[0].Expression is null && string.IsNullOrWhiteSpace(parts[0].Text) ? parts[1..] : parts;
        if (rest is not [{ Expression: { } left }, ..])
        {
            return Syntax(node, "it does not begin with a reference");
        }

        return rest.Length > 1 && rest[1].Expression is null ? Compare(node, left, rest[1].Text, rest.AsSpan()[2..]) : Syntax(node, "nothing is compared");
    }

    private Condition? Compare(YamlNode node, Expression left, string text, ReadOnlySpan<TextPart> right)
    {
        var match = Comparison().Match(text);
        if (!match.Success)
        {
            return Syntax(node, $"'{text.Trim()}' does not begin with an operator");
        }

        var comparison = match.Groups["operator"].Value;
        var literal = match.Groups["rest"].Value.Trim();
        var isAlone = right.Length == 1 || (right.Length == 2 && string.IsNullOrWhiteSpace(right[1].Text) && right[1].Expression is null);
        if (literal.Length == 0 && isAlone && right[0].Expression is { } reference)
        {
            return new Condition(left, comparison, new Operand(reference, null), node.Spot);
        }

        if (right.Length > 0 || literal.Length == 0)
        {
            return Syntax(node, "the right side is neither one reference nor one literal");
        }

        if (literal[0] is '\'' or '"')
        {
            var quoted = ConditionText.Read(literal, out var wrong);
            return wrong is null ? new Condition(left, comparison, new Operand(null, quoted), node.Spot) : Syntax(node, wrong);
        }

        return Literal(literal) is { } value
            ? new Condition(left, comparison, new Operand(null, value), node.Spot)
            : Syntax(node, $"'{literal}' is no literal{(char.IsLetter(literal[0]) ? $"; text goes in quotes: {ConditionText.Write(literal)}" : "")}");
    }

    private static object? Literal(string text) => text switch
    {
        "true" => true,
        "false" => false,
        _ when Integer().IsMatch(text) => long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var whole) ? whole : null,
        _ when Number().IsMatch(text) => double.Parse(text, CultureInfo.InvariantCulture) is var number && double.IsFinite(number) ? number : null,
        _ => null,
    };

    private Condition? Syntax(YamlNode node, string what)
    {
        problems.Add(Problem.Error("bad-condition", $"This is no condition: {what}. {Form}", node.Spot));
        return null;
    }

    [GeneratedRegex(@"^\s*(?<operator>==|!=|>=|<=|>|<)(?<rest>.*)$", RegexOptions.Singleline | RegexOptions.CultureInvariant)]
    private static partial Regex Comparison();

    [GeneratedRegex("^[-+]?[0-9]+$", RegexOptions.CultureInvariant)]
    private static partial Regex Integer();

    [GeneratedRegex(@"^[-+]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][-+]?[0-9]+)?$", RegexOptions.CultureInvariant)]
    private static partial Regex Number();
}

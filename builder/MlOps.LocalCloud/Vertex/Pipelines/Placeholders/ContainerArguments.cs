using System.Collections.Immutable;
using System.Text.Json;
using MlOps.LocalCloud.Vertex.Pipelines.Values;
using MlOps.LocalCloud.Vertex.Running;

namespace MlOps.LocalCloud.Vertex.Pipelines.Placeholders;

/// <summary>
/// A container's command and arguments: first <c>{"IfPresent": …}</c> and <c>{"Concat": …}</c>, each of which gives any
/// number of arguments, then the expressions in every text, once.
/// </summary>
internal sealed class ContainerArguments(TaskPlaceholders placeholders)
{
    /// <exception cref="TaskFaultException">An input that was not given is used outside of IfPresent, or an expression has no value.</exception>
    public ImmutableArray<string> Expand(IEnumerable<string> arguments) => [.. arguments.SelectMany(argument => Argument(argument, optional: false))];

    /// <exception cref="TaskFaultException">As <see cref="Expand"/>.</exception>
    public string Text(string text)
    {
        try
        {
            return Placeholder.Expand(text, placeholders.Resolve);
        }
        catch (AbsentInputException absent)
        {
            throw new TaskFaultException($"Input '{absent.Input}' was not given, and `{Cut(text)}` uses it outside of an IfPresent.", absent);
        }
    }

    /// <summary><c>$(NAME)</c> stands for an earlier variable, <c>$$(NAME)</c> for itself; other references stay as written (as in Kubernetes).</summary>
    public ImmutableDictionary<string, string> Environment(IEnumerable<KeyValuePair<string, string>> variables)
    {
        var expanded = ImmutableDictionary.CreateBuilder<string, string>(StringComparer.Ordinal);
        foreach (var (name, value) in variables)
        {
            expanded[name] = VariableReferences.Expand(Text(value), expanded);
        }

        return expanded.ToImmutable();
    }

    private IEnumerable<string> Argument(string argument, bool optional)
    {
        if (Structure(argument) is { } structure)
        {
            return Items(structure, optional);
        }

        return optional && IsAbsent(argument) ? [] : [Text(argument)];
    }

    private IEnumerable<string> Items(JsonElement item, bool optional)
    {
        switch (item.ValueKind)
        {
            case JsonValueKind.String:
                return Argument(item.GetString()!, optional);
            case JsonValueKind.Array:
                return item.EnumerateArray().SelectMany(one => Items(one, optional));
            case JsonValueKind.Object when item.TryGetProperty("Concat", out var parts):
                return [string.Concat(Items(parts, optional))];
            case JsonValueKind.Object when item.TryGetProperty("IfPresent", out var test):
                var present = test.TryGetProperty("InputName", out var name) && placeholders.IsGiven(name.GetString() ?? "");
                return test.TryGetProperty(present ? "Then" : "Else", out var branch) ? Items(branch, optional: true) : [];
            default:
                return [Coercion.Text(item)];
        }
    }

    private static JsonElement? Structure(string argument)
    {
        var text = argument.AsSpan().TrimStart();
        if (text.Length == 0 || text[0] != '{' || !(argument.Contains("\"IfPresent\"", StringComparison.Ordinal) || argument.Contains("\"Concat\"", StringComparison.Ordinal)))
        {
            return null;
        }

        try
        {
            var parsed = Json.Parse(argument);
            return parsed.EnumerateObject().Count() == 1 && (parsed.TryGetProperty("IfPresent", out _) || parsed.TryGetProperty("Concat", out _)) ? parsed : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private bool IsAbsent(string argument)
    {
        if (Placeholder.Whole(argument) is not { } whole)
        {
            return false;
        }

        try
        {
            placeholders.Resolve(whole);
            return false;
        }
        catch (AbsentInputException)
        {
            return true;
        }
    }

    private static string Cut(string text) => text.Length <= 120 ? text : text[..120] + "…";
}

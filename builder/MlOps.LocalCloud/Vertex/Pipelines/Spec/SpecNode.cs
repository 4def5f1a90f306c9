using System.Text.Json;
using MlOps.Core.Problems;
using MlOps.LocalCloud.Vertex.Pipelines.Values;

namespace MlOps.LocalCloud.Vertex.Pipelines.Spec;

/// <summary>A map of the IR with its path (<c>root.dag.tasks.train</c>); faults are added to the problems, none is thrown.</summary>
internal sealed record SpecNode(JsonElement Value, string Path, ICollection<Problem> Problems)
{
    public bool Has(string key) => Value.TryGetProperty(key, out var found) && found.ValueKind != JsonValueKind.Null;

    public JsonElement? Any(string key) => Has(key) ? Value.GetProperty(key) : null;

    public SpecNode? Map(string key)
    {
        if (Of(key, JsonValueKind.Object, "a map") is { } value)
        {
            return new SpecNode(value, $"{Path}.{key}", Problems);
        }

        return null;
    }

    /// <summary>The maps in a map, by key; empty where it is absent.</summary>
    public IEnumerable<(string Key, SpecNode Node)> Maps(string key) => Map(key)?.Children() ?? [];

    public IEnumerable<SpecNode> List(string key)
    {
        var index = 0;
        foreach (var item in Of(key, JsonValueKind.Array, "a list")?.EnumerateArray() ?? default)
        {
            var node = new SpecNode(item, $"{Path}.{key}[{index++}]", Problems);
            if (item.ValueKind == JsonValueKind.Object)
            {
                yield return node;
            }
            else
            {
                node.Fault("expected a map");
            }
        }
    }

    public IEnumerable<string> Texts(string key)
    {
        foreach (var item in Of(key, JsonValueKind.Array, "a list")?.EnumerateArray() ?? default)
        {
            if (item.ValueKind == JsonValueKind.String)
            {
                yield return item.GetString()!;
            }
            else
            {
                Fault($"'{key}' must hold strings");
            }
        }
    }

    public string? Text(string key) => Of(key, JsonValueKind.String, "a string")?.GetString();

    /// <summary>Text, or a constant of schema 2.0: <c>{constantValue: {stringValue}}</c>, or <c>{constant}</c>.</summary>
    public string? TextOrConstant(string key)
    {
        if (Any(key) is not { ValueKind: JsonValueKind.Object })
        {
            return Text(key);
        }

        var node = Map(key)!;
        return node.Constant() is { } value ? Coercion.Text(value) : null;
    }

    /// <summary>The constant of a runtime value: <c>constant</c>, or schema 2.0's typed <c>constantValue</c>.</summary>
    public JsonElement? Constant() => Any("constant") ?? (Map("constantValue") is { } legacy ? legacy.Legacy() : null);

    /// <summary>A value of schema 2.0: <c>{intValue | doubleValue | stringValue}</c>; proto3 JSON writes 64-bit integers as strings.</summary>
    public JsonElement? Legacy()
    {
        if (Any("intValue") is { } whole)
        {
            return whole.ValueKind == JsonValueKind.String && long.TryParse(whole.GetString(), System.Globalization.CultureInfo.InvariantCulture, out var number) ? Json.Of(number) : whole;
        }

        return Any("doubleValue") ?? Any("stringValue");
    }

    public bool Flag(string key) => Any(key) is { ValueKind: JsonValueKind.True };

    public int Whole(string key)
    {
        if (!Has(key))
        {
            return 0;
        }

        if (Numeric(key) is { } number and >= 0 and <= int.MaxValue && number == Math.Truncate(number))
        {
            return (int)number;
        }

        Fault($"'{key}' must be a whole number");
        return 0;
    }

    /// <summary>A number; null where there is none.</summary>
    public double? Number(string key)
    {
        if (Has(key) && Numeric(key) is null)
        {
            Fault($"'{key}' must be a number");
        }

        return Has(key) ? Numeric(key) : null;
    }

    // proto3 JSON takes a number as text too.
    private double? Numeric(string key)
    {
        var value = Any(key)!.Value;
        var text = value.ValueKind == JsonValueKind.String ? value.GetString() : value.GetRawText();
        return double.TryParse(text, System.Globalization.CultureInfo.InvariantCulture, out var number) && double.IsFinite(number) ? number : null;
    }

    public void Fault(string message) => Problems.Add(Problem.Error("bad-pipeline", $"{Path}: {message}."));

    private IEnumerable<(string Key, SpecNode Node)> Children()
    {
        foreach (var pair in Value.EnumerateObject())
        {
            var node = new SpecNode(pair.Value, $"{Path}.{pair.Name}", Problems);
            if (pair.Value.ValueKind == JsonValueKind.Object)
            {
                yield return (pair.Name, node);
            }
            else
            {
                node.Fault("expected a map");
            }
        }
    }

    private JsonElement? Of(string key, JsonValueKind kind, string wanted)
    {
        if (Any(key) is not { } value)
        {
            return null;
        }

        if (value.ValueKind == kind)
        {
            return value;
        }

        Fault($"'{key}' must be {wanted}");
        return null;
    }
}

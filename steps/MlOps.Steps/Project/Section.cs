using System.Collections.Immutable;
using MlOps.Core.Problems;
using MlOps.Core.Yaml;

namespace MlOps.Steps.Project;

/// <summary>
/// A map of <c>mlops.yaml</c> that is being read: keys that it does not know are problems, and so are values of the wrong
/// kind, which then read as absent. <see cref="What"/> names it in messages ("environment 'dev'").
/// </summary>
internal sealed class Section
{
    private readonly YamlMap _map;

    private Section(YamlMap map, string what, ICollection<Problem> problems) => (_map, What, Problems) = (map, what, problems);

    public string What { get; }

    public ICollection<Problem> Problems { get; }

    public SourceSpot Spot => _map.Spot;

    /// <summary>The node as a section; a problem and null where it is not a map.</summary>
    public static Section? Of(YamlNode node, string what, ImmutableArray<string> keys, ICollection<Problem> problems)
    {
        if (Map(node, what, problems) is not { } map)
        {
            return null;
        }

        foreach (var (key, _) in map.Entries.Where(entry => !keys.Contains(entry.Key.Text) && !entry.Key.Text.StartsWith("x-", StringComparison.Ordinal)))
        {
            problems.Add(Problem.Error("unknown-key", $"Unknown key '{key.Text}' in {what}.{Suggestion.For(key.Text, keys)}", key.Spot));
        }

        return new Section(map, what, problems);
    }

    /// <summary>What stands under a key; null where it is absent or null.</summary>
    public YamlNode? this[string key] => _map[key] is { } node && node is not YamlScalar { Value: null } ? node : null;

    /// <summary>Keys that are written must say something: of a policy, nothing must not mean that all is allowed.</summary>
    public void RefuseEmpty(params IEnumerable<string> keys)
    {
        foreach (var key in keys.Where(key => _map[key] is YamlScalar { Value: null } or YamlList { Items.IsEmpty: true } or YamlMap { Entries.IsEmpty: true }))
        {
            Error("empty-value", $"'{key}' in {What} says nothing: give it a value, or leave the key out.", _map[key]!.Spot);
        }
    }

    /// <summary>Where a key's value stands; the section's own place where it is absent.</summary>
    public SourceSpot SpotOf(string key) => _map[key]?.Spot ?? Spot;

    public void Error(string code, string message, SourceSpot spot) => Problems.Add(Problem.Error(code, message, spot));

    public string? Text(string key) => this[key] is { } node ? Text(node, $"'{key}' in {What}", Problems) : null;

    public bool? Flag(string key)
    {
        switch (this[key])
        {
            case null:
                return null;
            case YamlScalar { Value: bool flag }:
                return flag;
            case var node:
                Error("wrong-kind", $"'{key}' in {What} must be true or false; this is {node.Kind}.", node.Spot);
                return null;
        }
    }

    /// <summary>One of the given words.</summary>
    public string? Word(string key, params ReadOnlySpan<string> known)
    {
        if (Text(key) is not { } word)
        {
            return null;
        }

        if (known.Contains(word))
        {
            return word;
        }

        Error("unknown-value", $"'{key}' in {What} is '{word}'; expected {string.Join(" or ", known!)}.", SpotOf(key));
        return null;
    }

    /// <summary>A list of strings; a lone string is a list of one.</summary>
    public ImmutableArray<string> Texts(string key) => this[key] switch
    {
        null => [],
        YamlList list => [.. list.Items.Select(item => Text(item, $"An item of '{key}' in {What}", Problems)).OfType<string>()],
        var node => Text(node, $"'{key}' in {What}", Problems) is { } text ? [text] : [],
    };

    public TimeSpan? Duration(string key)
    {
        if (this[key] is not { } node)
        {
            return null;
        }

        if (node is YamlScalar scalar && Durations.TryParse(scalar.Text, out var duration))
        {
            return duration;
        }

        Error("bad-duration", $"'{key}' in {What} must be a duration with its unit, such as 90s, 30m, 2h or 1h30m; this is {(node as YamlScalar)?.Text ?? node.Kind}.", node.Spot);
        return null;
    }

    public Section? Inner(string key, ImmutableArray<string> keys, string? what = null) =>
        this[key] is { } node ? Of(node, what ?? $"'{key}' of {What}", keys, Problems) : null;

    /// <summary>The entries of a map whose keys are names that the user chose.</summary>
    public ImmutableArray<YamlEntry> Entries(string key) =>
        this[key] is { } node && Map(node, $"'{key}' in {What}", Problems) is { } map ? map.Entries : [];

    public static string? Text(YamlNode node, string what, ICollection<Problem> problems)
    {
        if (node is YamlScalar { Value: string text })
        {
            return text;
        }

        var hint = node is YamlScalar { Value: not null } scalar ? $" Put it in quotes: '{scalar.Text}'." : "";
        problems.Add(Problem.Error("wrong-kind", $"{what} must be a string; this is {node.Kind}.{hint}", node.Spot));
        return null;
    }

    private static YamlMap? Map(YamlNode node, string what, ICollection<Problem> problems)
    {
        if (node is YamlMap map)
        {
            return map;
        }

        problems.Add(Problem.Error("wrong-kind", $"{char.ToUpperInvariant(what[0])}{what[1..]} must be a map; this is {node.Kind}.", node.Spot));
        return null;
    }
}

using System.Collections.Immutable;
using System.Text.RegularExpressions;
using MlOps.CloudBuild.Substitutions.Expansion;

namespace MlOps.CloudBuild.Substitutions;

/// <summary>
/// <c>dynamicSubstitutions</c>: the values of the user's substitutions with their expansions evaluated, each after those that it
/// needs. Built-ins are taken as they are, whatever a branch is called.
/// </summary>
internal sealed partial class DynamicValues
{
    private readonly IReadOnlyDictionary<string, string> _raw;
    private readonly Dictionary<string, ImmutableArray<Part>> _parsed = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> _values = new(StringComparer.Ordinal);
    private readonly HashSet<string> _underWay = new(StringComparer.Ordinal);
    private readonly Action<string, ExpansionException> _refuse;

    /// <param name="raw">All values by key, built-ins among them.</param>
    /// <param name="refuse">Called with the key whose value cannot be read or evaluated.</param>
    public DynamicValues(IReadOnlyDictionary<string, string> raw, Action<string, ExpansionException> refuse)
    {
        (_raw, _refuse) = (raw, refuse);
        foreach (var (key, value) in raw.Where(pair => SubstitutionKeys.IsUsers(pair.Key)).OrderBy(pair => pair.Key, StringComparer.Ordinal))
        {
            try
            {
                _parsed.Add(key, ExpansionParser.Parse(value));
            }
            catch (ExpansionException error)
            {
                refuse(key, error);
            }
        }
    }

    /// <summary>Each use of a key in a value: where, and whether it says itself what happens without one.</summary>
    public IEnumerable<(string In, Reference Reference, bool MindsMissing)> References => _parsed.SelectMany(pair => Of(pair.Value).Select(found => (pair.Key, found.Reference, found.MindsMissing)));

    /// <summary>Values that need each other, each cycle once: <c>_A, _B, _A</c>.</summary>
    public IEnumerable<ImmutableArray<string>> Cycles()
    {
        var needs = _parsed.ToDictionary(pair => pair.Key, pair => Of(pair.Value).Select(found => found.Reference.Key).Where(_parsed.ContainsKey).Distinct().ToArray(), StringComparer.Ordinal);
        var done = new HashSet<string>(StringComparer.Ordinal);
        foreach (var key in needs.Keys)
        {
            if (Cycle(key, needs, done, []) is { } cycle)
            {
                yield return cycle;
            }
        }
    }

    /// <summary>The value of a key, evaluated once; null where it has none.</summary>
    public string? Value(string key)
    {
        if (_values.TryGetValue(key, out var known) || !_parsed.TryGetValue(key, out var parts))
        {
            return known ?? _raw.GetValueOrDefault(key) ?? (SubstitutionKeys.BuiltIn.Contains(key) ? "" : null);
        }

        if (!_underWay.Add(key))
        {
            throw new ExpansionException($"'{key}' needs itself", -1);
        }

        try
        {
            return _values[key] = new ExpansionEvaluator(Value).Evaluate(parts);
        }
        catch (ExpansionException error)
        {
            _refuse(key, error);
            return _values[key] = "";
        }
        finally
        {
            _underWay.Remove(key);
        }
    }

    private static ImmutableArray<string>? Cycle(string key, Dictionary<string, string[]> needs, HashSet<string> done, ImmutableArray<string> path)
    {
        if (path.Contains(key))
        {
            return [.. path.SkipWhile(name => name != key), key];
        }

        if (!done.Add(key))
        {
            return null;
        }

        return needs[key].Select(need => Cycle(need, needs, done, path.Add(key))).FirstOrDefault(found => found is not null);
    }

    private static IEnumerable<(Reference Reference, bool MindsMissing)> Of(ImmutableArray<Part> parts) => parts.OfType<ParameterPart>().SelectMany(part =>
        new[] { (new Reference(part.Key, part.Offset, part.Length), part.Operation.MindsMissing) }
            .Concat(part.Operation.Words.SelectMany(Of))
            .Concat(part.Operation is Slice slice ? slice.Words.SelectMany(Names).Select(name => (new Reference(name, part.Offset, part.Length), true)) : []));

    /// <summary>The keys that arithmetic names without <c>$</c>; without a value they count as 0.</summary>
    private static IEnumerable<string> Names(ImmutableArray<Part> arithmetic) =>
        arithmetic.OfType<TextPart>().SelectMany(part => ArithmeticName().Matches(part.Text)).Select(match => match.Value).Where(SubstitutionKeys.IsUsers);

    [GeneratedRegex(@"(?<![A-Za-z0-9_#@])_[A-Z0-9_]+(?![a-z])")]
    private static partial Regex ArithmeticName();
}

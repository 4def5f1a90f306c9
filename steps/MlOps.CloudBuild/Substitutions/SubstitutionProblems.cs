using Google.Cloud.CloudBuild.V1;
using MlOps.CloudBuild.Config;
using MlOps.CloudBuild.Substitutions.Expansion;
using MlOps.Core.Problems;

namespace MlOps.CloudBuild.Substitutions;

/// <summary>What is said of a reference or a value that is wrong: what it is, where, and what to write instead.</summary>
internal sealed class SubstitutionProblems(Build build, ConfigPlaces places, IReadOnlyDictionary<string, string> values)
{
    private readonly List<Problem> _found = [];

    /// <summary>In the order of the file.</summary>
    public IEnumerable<Problem> InOrder => _found.OrderBy(problem => problem.Line).ThenBy(problem => problem.Column).Distinct();

    public bool Any => _found.Count > 0;

    public void BadKey(string key, bool isBuilds) => _found.Add(SubstitutionKeys.Refuse(key, isBuilds ? places.Of($"substitutions.{key}") : default));

    /// <summary><c>$FOO</c>: no built-in, and no name that a user may give.</summary>
    public void NotBuiltIn(Reference reference, string path, string text)
    {
        var written = text.Substring(reference.Offset, reference.Length);
        var mine = "_" + reference.Key;
        var near = SubstitutionKeys.BuiltIn.FirstOrDefault(key => Suggestion.Distance(key, reference.Key) <= (key.Length > 6 ? 2 : 1));
        var meant = values.ContainsKey(mine) ? $" Did you mean '${{{mine}}}'?" : near is not null ? $" Did you mean '${{{near}}}'?" : "";
        Add(SubstitutionCodes.NotBuiltIn, $"'{written}' is no built-in substitution, and a substitution of your own begins with '_'.{meant} For a variable of the shell or a plain '$' write '${written}'.", path, text, reference);
    }

    /// <summary><c>$_X</c> without a value.</summary>
    public void Undefined(Reference reference, string path, string text)
    {
        var prefix = values.Keys.Where(key => reference.Key.StartsWith(key, StringComparison.Ordinal)).MaxBy(key => key.Length);
        var written = text.Substring(reference.Offset, reference.Length);
        var meant = prefix is not null && !written.StartsWith("${", StringComparison.Ordinal)
            ? $" All letters up to '{reference.Key[^1]}' belong to the name; did you mean '${{{prefix}}}{reference.Key[prefix.Length..]}'?"
            : Near(reference.Key);
        Add(SubstitutionCodes.Undefined, $"'{written}' has no value.{meant} Give it one under 'substitutions' or with '--substitutions {reference.Key}=…'; with 'options: {{substitutionOption: ALLOW_LOOSE}}' it would be empty.", path, text, reference);
    }

    public void Unused(string key, bool isBuilds)
    {
        var why = WhyUnused(key);
        var message = $"'{key}' is given{(isBuilds ? "" : " from outside")} and nothing uses it.{why} Remove it, use '${{{key}}}', or set 'options: {{substitutionOption: ALLOW_LOOSE}}'.";
        _found.Add(Problem.Error(SubstitutionCodes.Unused, message, isBuilds ? places.Of($"substitutions.{key}") : default));
    }

    public void Cycle(IReadOnlyList<string> keys) =>
        _found.Add(Problem.Error(SubstitutionCodes.Cycle, $"The values of substitutions need each other: {string.Join(" -> ", keys)}. Give one of them a value of its own.", places.Of($"substitutions.{keys[0]}")));

    public void Refused(string key, ExpansionException error, bool isBuilds)
    {
        var path = $"substitutions.{key}";
        var offset = Math.Clamp(error.Offset, 0, values[key].Length);
        var spot = !isBuilds ? default : error.Offset < 0 || offset == values[key].Length ? places.Of(path) : places.Of(path, values[key], offset, values[key].Length - offset);
        _found.Add(Problem.Error(SubstitutionCodes.Expansion, $"The value of '{key}' cannot be expanded: {error.Message}.", spot));
    }

    private string Near(string key)
    {
        var suggestion = Suggestion.For(key, values.Keys.Where(SubstitutionKeys.IsUsers));
        return suggestion.StartsWith(" Did", StringComparison.Ordinal) ? suggestion : "";
    }

    private void Add(string code, string message, string path, string text, Reference reference) =>
        _found.Add(Problem.Error(code, message, path.Length == 0 ? default : places.Of(path, text, reference.Offset, reference.Length)));

    /// <summary>The mistakes that leave a value unused although the file names it.</summary>
    private string WhyUnused(string key)
    {
        var expansion = "${" + key;
        var why = "";
        SubstitutedFields.Rewrite(build.Clone(), (path, text) =>
        {
            if (why.Length == 0 && text.Contains(expansion, StringComparison.Ordinal) && !text.Contains("$" + expansion, StringComparison.Ordinal))
            {
                why = $" Expansions such as the '{expansion}…' of {path} work inside the values of substitutions only (with 'dynamicSubstitutions: true'): make it the value of another one and use that.";
            }
            else if (why.Length == 0 && (text.Contains("$$" + key, StringComparison.Ordinal) || text.Contains("$" + expansion, StringComparison.Ordinal)))
            {
                why = $" The '$$' of {path} makes it plain text there.";
            }

            return text;
        });
        var script = build.Steps.ToList().FindIndex(step => step.Script.Contains("$" + key, StringComparison.Ordinal) || step.Script.Contains(expansion, StringComparison.Ordinal));
        return why.Length == 0 && script >= 0
            ? $" In the script of steps[{script}] nothing is substituted: set 'automapSubstitutions: true' there, or 'env: [{key}=${key}]'."
            : why;
    }
}

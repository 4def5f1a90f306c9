using System.Text.RegularExpressions;
using Google.Cloud.CloudBuild.V1;
using MlOps.CloudBuild.Substitutions;

namespace MlOps.CloudBuild.Checks;

/// <summary>Dollars that do not do what they look like: expansions outside of substitution values, and substitutions in scripts.</summary>
internal static partial class DollarChecks
{
    public static void Check(Build build, Findings findings)
    {
        SubstitutedFields.Rewrite(build.Clone(), (path, text) =>
        {
            Expansions(path, text, findings);
            return text;
        });
        for (var index = 0; index < build.Steps.Count; index++)
        {
            Script(build, index, findings);
        }
    }

    private static void Expansions(string path, string text, Findings findings)
    {
        foreach (Match match in Expansion().Matches(text))
        {
            var key = match.Groups["key"].Value;
            if (match.Groups["key"].Success && (SubstitutionKeys.IsUsers(key) || SubstitutionKeys.BuiltIn.Contains(key)))
            {
                findings.Warning(
                    CheckCodes.ExpansionInField,
                    $"'{match.Value}…' is not replaced here: expansions work in the values of substitutions only. Write '_NAME: ${{{key}{match.Groups["operator"].Value}…}}' under 'substitutions', with 'options.dynamicSubstitutions: true', and '${{_NAME}}' here; or '${match.Value}…' if the shell is meant.",
                    path,
                    text,
                    match.Index,
                    match.Length);
            }
        }
    }

    private static void Script(Build build, int index, Findings findings)
    {
        var step = build.Steps[index];
        var path = $"steps[{index}].script";
        if (EscapedDollar().Match(step.Script) is { Success: true } escaped)
        {
            findings.Warning(CheckCodes.DollarsInScript, $"Nothing is substituted in a script, so '{escaped.Value}' is not '{escaped.Value[1..]}': to the shell '$$' is the number of its process. Write one '$'.", path, step.Script, escaped.Index, escaped.Length);
        }

        var automapped = step.HasAutomapSubstitutions ? step.AutomapSubstitutions : build.Options?.AutomapSubstitutions == true;
        var variables = step.Env.Concat(build.Options?.Env ?? []).Select(variable => variable.Split('=')[0]).Concat(step.SecretEnv).Concat(build.Options?.SecretEnv ?? []).ToHashSet(StringComparer.Ordinal);
        foreach (Match match in automapped ? [] : Reference().Matches(step.Script).DistinctBy(match => match.Groups["key"].Value))
        {
            var key = match.Groups["key"].Value;
            var known = SubstitutionKeys.BuiltIn.Contains(key) || build.Substitutions.ContainsKey(key);
            if (known && !variables.Contains(key) && !Regex.IsMatch(step.Script, $@"(^|[^A-Za-z0-9_${{]){key}=", RegexOptions.Multiline))
            {
                findings.Warning(CheckCodes.ScriptNotSubstituted, $"Nothing is substituted in a script, so '{match.Value}' is empty: set 'automapSubstitutions: true', or 'env: [{key}=${key}]' in this step.", path, step.Script, match.Index, match.Length);
            }
        }
    }

    /// <summary>Pairs of dollars are passed over, so that what is found is a dollar by itself.</summary>
    [GeneratedRegex(@"\$\$|\$\{(?<key>[A-Z_][A-Z0-9_]*)(?<operator>[^A-Z0-9_}\s])")]
    private static partial Regex Expansion();

    [GeneratedRegex(@"\$\$\{?[A-Za-z_][A-Za-z0-9_]*\}?")]
    private static partial Regex EscapedDollar();

    [GeneratedRegex(@"(?<![\$\\])\$(\{(?<key>[A-Z_][A-Z0-9_]*)\}|(?<key>[A-Z_][A-Z0-9_]*))")]
    private static partial Regex Reference();
}

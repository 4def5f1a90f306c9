using System.Globalization;
using System.Text.RegularExpressions;
using Google.Cloud.CloudBuild.V1;
using Google.Protobuf.Collections;
using MlOps.Core.Patterns;

namespace MlOps.CloudBuild.Triggers.Checks;

/// <summary>Regular expressions of branches and tags, and globs of files.</summary>
internal static partial class PatternChecks
{
    private const string Separators = "/-._";

    public static void Check(BuildTrigger trigger, TriggerReport report)
    {
        if (TriggerSource.Of(trigger) is TriggerSource.OfRepository source)
        {
            CheckPattern(source, report);
        }

        CheckGlobs(trigger.IgnoredFiles, "ignoredFiles", report);
        CheckGlobs(trigger.IncludedFiles, "includedFiles", report);
        foreach (var glob in trigger.IncludedFiles.Intersect(trigger.IgnoredFiles, StringComparer.Ordinal))
        {
            report.Warning("never-included", $"'{glob}' is ignored too, which is asked first: files like it never count.", $"includedFiles[{trigger.IncludedFiles.IndexOf(glob).ToString(CultureInfo.InvariantCulture)}]");
        }
    }

    private static void CheckPattern(TriggerSource.OfRepository source, TriggerReport report)
    {
        var what = source is TriggerSource.Tags ? "tag" : "branch";
        try
        {
            Re2Pattern.Parse(source.Pattern);
        }
        catch (Re2SyntaxException error)
        {
            report.Error("bad-pattern", $"'{source.Pattern}' is not a regular expression of RE2: {error.Message}.{(error.Hint.Length > 0 ? $" {error.Hint}" : "")}", source.Path);
            return;
        }

        if (Loose(source.Pattern) is { } loose)
        {
            report.Warning("unanchored-pattern", loose, source.Path);
        }

        if (source is TriggerSource.Tags && source.Pattern.Contains('/', StringComparison.Ordinal))
        {
            report.Warning("slash-in-tag", $"'{source.Pattern}' asks for a tag with '/', and Cloud Build fires for no such {what}.", source.Path);
        }
    }

    /// <summary>What an expression for one name matches besides; null where it is anchored, or meant for many.</summary>
    private static string? Loose(string pattern)
    {
        if (pattern.StartsWith('^') && pattern.EndsWith('$') && TopAlternatives(pattern) is { Length: > 1 } alternatives)
        {
            return $"'{pattern}' is {string.Join(" or ", alternatives.Select(alternative => $"'{alternative}'"))}: '^' and '$' do not reach over '|'. For whole names write '^({string.Join('|', alternatives.Select(alternative => alternative.Trim('^', '$')))})$'.";
        }

        // Anchored at one end a beginning or an end is meant: ^v, ^release-.
        if (!PlainName().IsMatch(pattern))
        {
            return null;
        }

        var plain = pattern.Replace("\\", "", StringComparison.Ordinal).Split('|')[0];
        if (Separators.Contains(plain[^1], StringComparison.Ordinal) || Separators.Contains(plain[0], StringComparison.Ordinal))
        {
            // So it is here: release-, -rc.
            return null;
        }

        var several = pattern.Contains('|', StringComparison.Ordinal);
        return $"'{pattern}' matches anywhere in a name, 'non-{plain}' too. For {(several ? "these names" : "this name")} alone write '^{(several ? $"({pattern})" : pattern)}$'.";
    }

    private static string[] TopAlternatives(string pattern)
    {
        var (depth, from) = (0, 0);
        var parts = new List<string>();
        for (var at = 0; at < pattern.Length; at++)
        {
            switch (pattern[at])
            {
                case '\\':
                    at++;
                    break;
                case '(' or '[':
                    depth++;
                    break;
                case ')' or ']':
                    depth--;
                    break;
                case '|' when depth == 0:
                    parts.Add(pattern[from..at]);
                    from = at + 1;
                    break;
            }
        }

        return [.. parts, pattern[from..]];
    }

    private static void CheckGlobs(RepeatedField<string> globs, string key, TriggerReport report)
    {
        for (var index = 0; index < globs.Count; index++)
        {
            var (glob, path) = (globs[index], $"{key}[{index.ToString(CultureInfo.InvariantCulture)}]");
            try
            {
                PathGlob.Parse(glob);
            }
            catch (GlobSyntaxException error)
            {
                report.Error("bad-glob", $"'{glob}' is not a glob: {error.Why}.", path);
                continue;
            }

            if (Odd(glob) is { } odd)
            {
                report.Warning("odd-glob", $"'{glob}' {odd}", path);
            }
        }
    }

    private static string? Odd(string glob) => glob switch
    {
        _ when glob.StartsWith('/') || glob.StartsWith("./", StringComparison.Ordinal) => $"matches nothing: paths begin with a name. Write '{glob.TrimStart('.', '/')}'.",
        _ when glob.EndsWith('/') => $"matches nothing: files are named, not folders. For all files below write '{glob}**'.",
        _ when Substitution().IsMatch(glob) => "holds a substitution, and those are not replaced in globs.",
        _ when glob.Split('/').Any(segment => segment.Contains("**", StringComparison.Ordinal) && segment != "**") => "has '**' beside other letters, where it is a plain '*': it stands for any folders only as a whole segment, 'a/**/b'.",
        _ when glob.Contains('\\', StringComparison.Ordinal) && !glob.Contains('/', StringComparison.Ordinal) && WindowsPath().IsMatch(glob) => "has backslashes, which escape letters: paths have '/'.",
        _ => null,
    };

    [GeneratedRegex(@"^(\w|[-/]|\\[.\-_/]|\|)+$")]
    private static partial Regex PlainName();

    [GeneratedRegex(@"\$\{?_?[A-Z]")]
    private static partial Regex Substitution();

    [GeneratedRegex(@"\w\\\w")]
    private static partial Regex WindowsPath();
}

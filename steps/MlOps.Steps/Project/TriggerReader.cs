using System.Collections.Immutable;
using System.Text.RegularExpressions;
using MlOps.Core.Patterns;
using MlOps.Core.Problems;
using MlOps.Core.Yaml;

namespace MlOps.Steps.Project;

/// <summary>The keys <c>trigger</c>, <c>triggers</c> and <c>repository</c>.</summary>
internal static partial class TriggerReader
{
    private static readonly string[] Events = ["branch", "tag", "pullRequest"];

    /// <summary>An environment's <c>trigger</c>: one, or a list of them.</summary>
    public static ImmutableArray<TriggerSettings> Read(Section environment) => environment["trigger"] switch
    {
        null => [],
        YamlList list => [.. list.Items.Select(item => ReadOne(item, environment)).OfType<TriggerSettings>()],
        var node => ReadOne(node, environment) is { } trigger ? [trigger] : [],
    };

    private static TriggerSettings? ReadOne(YamlNode node, Section environment)
    {
        if (Section.Of(node, $"'trigger' of {environment.What}", ProjectKeys.Trigger, environment.Problems) is not { } trigger)
        {
            return null;
        }

        if (Events.Count(key => trigger[key] is not null) != 1)
        {
            trigger.Error("bad-trigger", $"{char.ToUpperInvariant(trigger.What[0])}{trigger.What[1..]} needs exactly one of 'branch', 'tag' and 'pullRequest', a regular expression.", trigger.Spot);
        }

        if (trigger["commentControl"] is not null && trigger["pullRequest"] is null)
        {
            trigger.Error("bad-trigger", $"'commentControl' in {trigger.What} is for pull requests only.", trigger.SpotOf("commentControl"));
        }

        return new TriggerSettings(
            Pattern(trigger, "branch"), Pattern(trigger, "tag"), Pattern(trigger, "pullRequest"), Globs(trigger, "includedFiles"), Globs(trigger, "ignoredFiles"), Spots(trigger))
        {
            InvertRegex = trigger.Flag("invertRegex") ?? false,
            CommentControl = trigger.Word("commentControl", "COMMENTS_DISABLED", "COMMENTS_ENABLED", "COMMENTS_ENABLED_FOR_EXTERNAL_CONTRIBUTORS_ONLY"),
            Config = trigger.Text("config"),
            Name = trigger.Text("name"),
            Description = trigger.Text("description"),
            Substitutions = Substitutions(trigger),
            ServiceAccount = trigger.Text("serviceAccount"),
            Disabled = trigger.Flag("disabled") ?? false,
            Repository = Repository(trigger),
        };
    }

    public static RepositorySettings? Repository(Section section)
    {
        if (section.Text("repository") is not { } text)
        {
            return null;
        }

        RepositoryHost? host = text switch
        {
            _ when ConnectionForm().IsMatch(text) => RepositoryHost.Connection,
            _ when LinkForm().IsMatch(text) => RepositoryHost.DeveloperConnect,
            _ when GitHubForm().IsMatch(text) => RepositoryHost.GitHub,
            _ when NameForm().IsMatch(text) => RepositoryHost.CloudSource,
            _ => null,
        };
        if (host is null)
        {
            section.Error(
                "bad-repository",
                $"'repository' in {section.What} is '{text}'; expected OWNER/NAME (GitHub), projects/P/locations/L/connections/C/repositories/R (a connected repository), projects/…/gitRepositoryLinks/R (Developer Connect) or a plain name (Cloud Source Repositories).",
                section.SpotOf("repository"));
        }

        return host is { } known ? new RepositorySettings(known, known == RepositoryHost.GitHub ? GitHubForm().Match(text).Groups["name"].Value : text, section.SpotOf("repository")) : null;
    }

    /// <summary>Files of triggers, which must be there.</summary>
    public static ImmutableArray<NamedFile> Files(Section section, string root)
    {
        var files = ImmutableArray.CreateBuilder<NamedFile>();
        foreach (var (file, index) in section.Texts("triggers").Select((file, index) => (file, index)))
        {
            var spot = SpotOf(section, "triggers", index);
            if (!File.Exists(Path.Combine(root, file)))
            {
                section.Error("no-such-file", $"'triggers' in {section.What} names {file}, which is not there. Paths are relative to {ProjectFile.FileName}.", spot);
            }

            files.Add(new NamedFile(file, spot));
        }

        return files.ToImmutable();
    }

    private static ImmutableSortedDictionary<string, string> Substitutions(Section trigger)
    {
        var substitutions = ImmutableSortedDictionary.CreateBuilder<string, string>(StringComparer.Ordinal);
        foreach (var (key, value) in trigger.Entries("substitutions"))
        {
            substitutions[key.Text] = Section.Text(value, $"Substitution '{key.Text}'", trigger.Problems) ?? "";
        }

        return substitutions.ToImmutable();
    }

    private static ImmutableSortedDictionary<string, SourceSpot> Spots(Section trigger)
    {
        var spots = ImmutableSortedDictionary.CreateBuilder<string, SourceSpot>(StringComparer.Ordinal);
        spots[""] = trigger.Spot;
        foreach (var key in ProjectKeys.Trigger.Where(key => trigger[key] is not null))
        {
            spots[key] = trigger.SpotOf(key);
            for (var index = 0; trigger[key] is YamlList list && index < list.Items.Length; index++)
            {
                spots[$"{key}[{index}]"] = list.Items[index].Spot;
            }
        }

        foreach (var (key, value) in trigger.Entries("substitutions"))
        {
            spots[$"substitutions.{key.Text}"] = key.Spot;
        }

        return spots.ToImmutable();
    }

    private static string? Pattern(Section trigger, string key)
    {
        if (trigger.Text(key) is not { } pattern)
        {
            return null;
        }

        try
        {
            Re2Pattern.Parse(pattern);
        }
        catch (Re2SyntaxException error)
        {
            trigger.Error("bad-pattern", $"'{key}' in {trigger.What} is not a regular expression that RE2 takes: {error.Message}.{(error.Hint.Length > 0 ? $" {error.Hint}" : "")}", trigger.SpotOf(key));
        }

        return pattern;
    }

    private static ImmutableArray<string> Globs(Section trigger, string key)
    {
        var globs = trigger.Texts(key);
        for (var index = 0; index < globs.Length; index++)
        {
            try
            {
                PathGlob.Parse(globs[index]);
            }
            catch (GlobSyntaxException error)
            {
                trigger.Error("bad-glob", $"'{globs[index]}' in {trigger.What} is not a glob: {error.Why}.", SpotOf(trigger, key, index));
            }
        }

        return globs;
    }

    private static SourceSpot SpotOf(Section section, string key, int index) =>
        section[key] is YamlList list && index < list.Items.Length ? list.Items[index].Spot : section.SpotOf(key);

    [GeneratedRegex("^projects/[^/]+/locations/[^/]+/connections/[^/]+/repositories/[^/]+$")]
    private static partial Regex ConnectionForm();

    [GeneratedRegex("^projects/[^/]+/locations/[^/]+/connections/[^/]+/gitRepositoryLinks/[^/]+$")]
    private static partial Regex LinkForm();

    [GeneratedRegex(@"^(https://github\.com/|git@github\.com:)?(?<name>[\w.-]+/[\w.-]+?)(\.git)?$", RegexOptions.ExplicitCapture)]
    private static partial Regex GitHubForm();

    [GeneratedRegex(@"^[\w.-]+$")]
    private static partial Regex NameForm();
}

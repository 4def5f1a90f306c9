using Google.Cloud.CloudBuild.V1;
using MlOps.Core.Patterns;

namespace MlOps.CloudBuild.Triggers;

/// <summary>
/// Whether a trigger fires for an event (docs/triggers.md). The rules are asked in a fixed order, and the first that says no
/// decides: patterns that cannot be read, <c>disabled</c>, another kind of event, the branch or tag, <c>[skip ci]</c>, the changed
/// files, the filter.
/// </summary>
public static class TriggerMatch
{
    private static readonly string[] SkipWords = ["[skip ci]", "[ci skip]"];

    public static TriggerDecision Decide(BuildTrigger trigger, TriggerEvent happened)
    {
        var source = TriggerSource.Of(trigger);
        if (Unreadable(trigger, source, out var pattern, out var files) is { } fault)
        {
            return fault;
        }

        if (trigger.Disabled)
        {
            return TriggerDecision.No(TriggerCode.Disabled, "the trigger is disabled");
        }

        return (source, happened) switch
        {
            (TriggerSource.Branches branches, TriggerEvent.Push { IsTag: false } push) => Pushed(branches, "branch", push.Name, push.Change),
            (TriggerSource.Tags tags, TriggerEvent.Push { IsTag: true } push) => Pushed(tags, "tag", push.Name, push.Change),
            (TriggerSource.PullRequests requests, TriggerEvent.PullRequest request) => Pushed(requests, "base branch", request.Base, request.Change),
            (TriggerSource.Messages messages, TriggerEvent.Message message) when messages.Topic == message.Topic => Filtered($"a message came to {message.Topic}"),
            (TriggerSource.Webhooks, TriggerEvent.Webhook) => Filtered("a webhook came"),
            _ => TriggerDecision.No(TriggerCode.OtherEvent, $"the trigger is for {source.Words}, and this is a {happened.Words}"),
        };

        TriggerDecision Pushed(TriggerSource.OfRepository of, string what, string name, Change change)
        {
            var matches = pattern!.IsMatch(name);
            if (matches == of.Invert)
            {
                return TriggerDecision.No(TriggerCode.Ref, of.Invert ? $"{what} '{name}' matches '{of.Pattern}', and invertRegex is set" : $"{what} '{name}' does not match '{of.Pattern}'");
            }

            var fits = $"{what} '{name}' {(matches ? "matches" : "does not match")} '{of.Pattern}'{(of.Invert ? " (invertRegex)" : "")}";
            if (SkipWords.FirstOrDefault(word => change.Message?.Contains(word, StringComparison.Ordinal) is true) is { } word)
            {
                return TriggerDecision.No(TriggerCode.SkipCi, $"the commit message says {word}");
            }

            var decision = files!.Decide(change.Files, fits + Comments(of));
            return decision.Fires ? Filtered(decision.Why) : decision;
        }

        TriggerDecision Filtered(string why) => TriggerFilter.Decide(trigger, happened, why);
    }

    private static TriggerDecision? Unreadable(BuildTrigger trigger, TriggerSource source, out Re2Pattern? pattern, out FileFilter? files)
    {
        (pattern, files) = (null, null);
        try
        {
            pattern = source is TriggerSource.OfRepository of ? Re2Pattern.Parse(of.Pattern) : null;
            files = FileFilter.Of(trigger);
            return null;
        }
        catch (Re2SyntaxException error)
        {
            return TriggerDecision.No(TriggerCode.InvalidRegex, error.Hint.Length > 0 ? $"{error.Message}. {error.Hint}" : error.Message);
        }
        catch (GlobSyntaxException error)
        {
            return TriggerDecision.No(TriggerCode.InvalidGlob, error.Message);
        }
    }

    private static string Comments(TriggerSource source) => source is not TriggerSource.PullRequests requests ? "" : requests.Comments switch
    {
        PullRequestFilter.Types.CommentControl.CommentsEnabled => ", once somebody who may write comments /gcbrun",
        PullRequestFilter.Types.CommentControl.CommentsEnabledForExternalContributorsOnly => ", from outside once somebody who may write comments /gcbrun",
        _ => "",
    };
}

using System.Text.Json.Nodes;
using Google.Cloud.CloudBuild.V1;
using MlOps.CloudBuild.Triggers;
using MlOps.Testing;

namespace MlOps.CloudBuild.Tests.Triggers;

/// <summary>Every case of <c>vectors/trigger-match.jsonl</c>, whose answers are Go's.</summary>
public sealed class TriggerVectorTests
{
    [Fact]
    public void Every_vector_is_decided_as_its_oracle_did()
    {
        var cases = File.ReadAllLines(Shared.Path("vectors", "trigger-match.jsonl")).Select(line => JsonNode.Parse(line)!).ToArray();

        var misses = cases.Select(Miss).OfType<string>().ToArray();

        Assert.True(cases.Length >= 300);
        Assert.True(misses.Length == 0, string.Join('\n', misses));
    }

    private static string? Miss(JsonNode vector)
    {
        var (fires, code) = (vector["fires"]!.GetValue<bool>(), vector["code"]?.GetValue<string>());
        var decision = TriggerMatch.Decide(Trigger(vector["trigger"]!), Happened(vector["change"]!));
        return decision.Fires == fires && decision.Code == code ? null : $"{vector["id"]}: {fires} {code} expected, {decision.Fires} {decision.Code} found: {decision.Why}";
    }

    private static BuildTrigger Trigger(JsonNode given)
    {
        var happened = given["event"]!;
        var invert = happened["invertRegex"]?.GetValue<bool>() ?? false;
        var github = new GitHubEventsConfig { Owner = "o", Name = "r" };
        if (happened["type"]!.GetValue<string>() == "pull_request")
        {
            github.PullRequest = new PullRequestFilter { Branch = happened["branch"]!.GetValue<string>(), InvertRegex = invert };
        }
        else
        {
            github.Push = happened["tag"] is { } tag
                ? new PushFilter { Tag = tag.GetValue<string>(), InvertRegex = invert }
                : new PushFilter { Branch = happened["branch"]!.GetValue<string>(), InvertRegex = invert };
        }

        return new BuildTrigger
        {
            Github = github,
            Disabled = given["disabled"]?.GetValue<bool>() ?? false,
            IncludedFiles = { Texts(given["includedFiles"]) },
            IgnoredFiles = { Texts(given["ignoredFiles"]) },
        };
    }

    private static TriggerEvent Happened(JsonNode given)
    {
        var change = new Change(given["changedFiles"] is { } files ? [.. Texts(files)] : null, given["commitMessage"]?.GetValue<string>());
        return given["type"]!.GetValue<string>() == "pull_request"
            ? new TriggerEvent.PullRequest(given["baseBranch"]!.GetValue<string>(), given["headBranch"]!.GetValue<string>(), change)
            : given["tag"] is { } tag
                ? new TriggerEvent.Push(tag.GetValue<string>(), IsTag: true, change)
                : new TriggerEvent.Push(given["branch"]!.GetValue<string>(), IsTag: false, change);
    }

    private static IEnumerable<string> Texts(JsonNode? list) => list?.AsArray().Select(item => item!.GetValue<string>()) ?? [];
}

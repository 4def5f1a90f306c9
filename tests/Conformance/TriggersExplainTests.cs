using System.Text.Json.Nodes;
using MlOps.Cli.Tests;
using MlOps.Testing;

namespace MlOps.Conformance.Tests;

/// <summary><c>mlops triggers explain</c> against Go's answers; a process for all triggers that see the same change.</summary>
public sealed class TriggersExplainTests : IDisposable
{
    private const int Sample = 6;
    private readonly TemporaryFolder _folder = new();

    [Fact]
    public async Task Cases_of_every_kind_are_decided_as_by_their_oracle() =>
        VectorSet.AssertNone(await VectorSet.MissesAsync([.. Changes().Where((_, index) => index % Sample == 0)], MissesAsync));

    [Fact]
    [Trait("speed", "slow")]
    public async Task Every_case_is_decided_as_by_its_oracle() => VectorSet.AssertNone(await VectorSet.MissesAsync(Changes(), MissesAsync));

    public void Dispose() => _folder.Dispose();

    private static JsonObject[][] Changes() => [.. VectorSet.Read("trigger-match").Where(CanBeSaid).GroupBy(vector => vector["change"]!.ToJsonString()).Select(group => group.ToArray())];

    /// <summary>A file without a name is none to the command: <c>--changed ''</c> says that nothing changed. The library's test asks such cases.</summary>
    private static bool CanBeSaid(JsonObject vector) => vector["change"]!["changedFiles"] is not JsonArray { Count: 1 } files || files[0]!.GetValue<string>().Length > 0;

    private async Task<IEnumerable<string>> MissesAsync(JsonObject[] cases)
    {
        var files = cases.SelectMany(vector => new[] { "--file", _folder.Write($"{vector["id"]}.yaml", Trigger(vector).ToJsonString()) });
        var outcome = await new Mlops(_folder.Path, _folder.Path).RunAsync(["triggers", "explain", "--output", "json", .. files, .. Change(cases[0]["change"]!)]);
        if (outcome.ExitCode != 0)
        {
            return [outcome.All];
        }

        var decided = outcome.Json.AsArray().ToDictionary(answer => answer!["name"]!.GetValue<string>(), answer => answer!);
        return cases.Where(vector => !VectorSet.IsDoubted(vector) && !IsSame(vector, decided[vector["id"]!.GetValue<string>()])).Select(vector => $"{vector.ToJsonString()}: {outcome.Output}");
    }

    private static bool IsSame(JsonObject vector, JsonNode answer) =>
        answer["fires"]!.GetValue<bool>() == vector["fires"]!.GetValue<bool>() && (vector["code"] is not { } code || answer["code"]?.GetValue<string>() == code.GetValue<string>());

    private static JsonObject Trigger(JsonObject vector)
    {
        var (given, happens) = (vector["trigger"]!.AsObject(), vector["trigger"]!["event"]!.AsObject());
        var filter = Part(happens, "branch", "tag", "invertRegex");
        var trigger = Part(given, "includedFiles", "ignoredFiles", "disabled");
        trigger["name"] = vector["id"]!.DeepClone();
        trigger["filename"] = "cloudbuild.yaml";
        trigger["github"] = new JsonObject { ["owner"] = "o", ["name"] = "r", [happens["type"]!.GetValue<string>() == "pull_request" ? "pullRequest" : "push"] = filter };
        return trigger;
    }

    private static JsonObject Part(JsonObject whole, params string[] fields) => new(whole.Where(pair => fields.Contains(pair.Key)).Select(pair => KeyValuePair.Create(pair.Key, pair.Value?.DeepClone())));

    private static IEnumerable<string> Change(JsonNode change)
    {
        string[] what = change["type"]!.GetValue<string>() == "pull_request" ? ["--pull-request", change["baseBranch"]!.GetValue<string>()]
            : change["tag"] is { } tag ? ["--tag", tag.GetValue<string>()]
            : ["--branch", change["branch"]!.GetValue<string>()];
        string[] files = change["changedFiles"] is JsonArray changed ? ["--changed", string.Join(',', changed.Select(file => file!.GetValue<string>()))] : [];
        string[] message = change["commitMessage"] is { } words ? ["--message", words.GetValue<string>()] : [];
        return [.. what, .. files, .. message];
    }
}

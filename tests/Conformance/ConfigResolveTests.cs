using System.Text.Json.Nodes;
using MlOps.Cli.Tests;
using MlOps.CloudBuild.Substitutions;
using MlOps.Testing;

namespace MlOps.Conformance.Tests;

/// <summary><c>mlops config resolve</c> against the answers of cloud-build-local and of bash; a process a case.</summary>
public sealed class ConfigResolveTests : IDisposable
{
    private const int Sample = 12;
    private readonly TemporaryFolder _folder = new();

    [Fact]
    public async Task Cases_of_every_kind_give_the_text_or_are_refused() =>
        VectorSet.AssertNone(await VectorSet.MissesAsync([.. Cases().Where((_, index) => index % Sample == 0)], MissAsync));

    [Fact]
    [Trait("speed", "slow")]
    public async Task Every_case_gives_the_text_or_is_refused() => VectorSet.AssertNone(await VectorSet.MissesAsync([.. Cases()], MissAsync));

    [Fact]
    public async Task What_Cloud_Build_sets_itself_may_be_given_to_see_what_a_build_would_be()
    {
        var outcome = await ResolveAsync(new JsonObject { ["id"] = "given", ["template"] = "$PROJECT_ID", ["option"] = "MUST_MATCH", ["dynamic"] = false, ["substitutions"] = new JsonObject(), ["submit_substitutions"] = new JsonObject { ["PROJECT_ID"] = "x" } });
        Assert.Equal("x", Text(outcome));
    }

    public void Dispose() => _folder.Dispose();

    /// <summary>Without those that submit PROJECT_ID or BUILD_ID: <c>submit</c> refuses them, here any built-in may be given.</summary>
    private static IEnumerable<JsonObject> Cases() =>
        VectorSet.Read("substitution").Where(vector => !Pairs(vector, "submit_substitutions").Any(pair => SubstitutionKeys.OfEveryBuild.Contains(pair.Key)));

    private async Task<IEnumerable<string>> MissAsync(JsonObject vector)
    {
        var outcome = await ResolveAsync(vector);
        var same = vector["expected"] is { } expected ? outcome.ExitCode == 0 && Text(outcome) == expected.GetValue<string>() : outcome.ExitCode == 2;
        return same ? [] : [$"{vector.ToJsonString()}: {outcome.All}"];
    }

    private async Task<Outcome> ResolveAsync(JsonObject vector)
    {
        var build = new JsonObject
        {
            ["steps"] = new JsonArray(new JsonObject { ["name"] = "x", ["args"] = new JsonArray(vector["template"]!.DeepClone()) }),
            ["substitutions"] = vector["substitutions"]!.DeepClone(),
            ["options"] = new JsonObject { ["substitutionOption"] = vector["option"]!.DeepClone(), ["dynamicSubstitutions"] = vector["dynamic"]!.DeepClone() },
        };
        var file = _folder.Write($"{vector["id"]}.json", build.ToJsonString());
        // What is submitted overrides what Cloud Build sets; values may hold commas.
        var given = Pairs(vector, "submit_substitutions").Concat(Pairs(vector, "builtins")).DistinctBy(pair => pair.Key).Select(pair => $"{pair.Key}={pair.Value}").ToArray();
        return await new Mlops(_folder.Path, _folder.Path).RunAsync(["config", "resolve", file, "--output", "json", .. given.Length > 0 ? ["--substitutions", "^\u0001^" + string.Join('\u0001', given)] : Array.Empty<string>()]);
    }

    private static string Text(Outcome outcome) => outcome.Json["steps"]![0]!["args"]![0]!.GetValue<string>();

    private static IEnumerable<KeyValuePair<string, JsonNode?>> Pairs(JsonObject vector, string field) => vector[field]?.AsObject() ?? [];
}

using System.Collections.Immutable;
using System.Text.Json.Nodes;
using Google.Cloud.CloudBuild.V1;
using MlOps.CloudBuild.Config;
using MlOps.CloudBuild.Substitutions;
using MlOps.Core.Problems;
using MlOps.Testing;

namespace MlOps.CloudBuild.Tests.Substitutions;

/// <summary>vectors/substitution.jsonl: cloud-build-local's and bash's answers.</summary>
public sealed class SubstitutionVectors
{
    private static readonly Dictionary<string, string> Codes = new(StringComparer.Ordinal)
    {
        ["undefined"] = SubstitutionCodes.Undefined,
        ["unused"] = SubstitutionCodes.Unused,
        ["not_builtin"] = SubstitutionCodes.NotBuiltIn,
        ["bad_key"] = SubstitutionCodes.Key,
    };

    [Fact]
    public void Every_case_gives_the_text_or_the_problems_of_its_oracle()
    {
        var cases = File.ReadLines(Shared.Path("vectors", "substitution.jsonl")).Select(line => JsonNode.Parse(line)!.AsObject()).ToArray();
        var misses = cases.Select(Miss).OfType<string>().ToArray();
        Assert.NotEmpty(cases);
        Assert.True(misses.Length == 0, string.Join('\n', misses));
    }

    private static string? Miss(JsonObject vector)
    {
        var submitted = Texts(vector["submit_substitutions"]);
        // As 'mlops submit' does before it sends anything.
        var problems = SubstitutionKeys.CheckSubmitted(submitted.Keys).ToList();
        var given = Texts(vector["builtins"]).Concat(submitted).GroupBy(pair => pair.Key).ToDictionary(group => group.Key, group => group.Last().Value);
        var result = problems.Count > 0 ? null : Substitutor.Apply(BuildOf(vector), given, triggered: false, new ConfigPlaces("cloudbuild.yaml", ImmutableDictionary<string, SourceSpot>.Empty), problems);
        if (vector["expected"] is { } expected)
        {
            return result?.Steps[0].Args[0] == expected.GetValue<string>() ? null : $"{vector["id"]}: expected '{expected}', got '{result?.Steps[0].Args[0]}' {string.Join("; ", problems)}";
        }

        var found = problems.Select(problem => problem.Code).ToHashSet();
        var wanted = vector["error"]!.AsArray().Select(error => Codes[error!["kind"]!.GetValue<string>()]).ToHashSet();
        // cloud-build-local stops at the first kind of these; here all are told at once.
        var stops = wanted.Contains(SubstitutionCodes.NotBuiltIn) || wanted.Contains(SubstitutionCodes.Key);
        var named = vector["error"]!.AsArray().All(error => problems.Any(problem => problem.Message.Contains(error!["key"]!.GetValue<string>(), StringComparison.Ordinal)));
        return result is null && named && (stops ? wanted.IsSubsetOf(found) : wanted.SetEquals(found)) ? null : $"{vector["id"]}: expected {string.Join(", ", wanted)}, got {string.Join("; ", problems)}";
    }

    private static Build BuildOf(JsonObject vector)
    {
        var build = new Build
        {
            Steps = { new BuildStep { Name = "x", Args = { vector["template"]!.GetValue<string>() } } },
            Options = new BuildOptions
            {
                SubstitutionOption = vector["option"]!.GetValue<string>() == "ALLOW_LOOSE" ? BuildOptions.Types.SubstitutionOption.AllowLoose : BuildOptions.Types.SubstitutionOption.MustMatch,
                DynamicSubstitutions = vector["dynamic"]!.GetValue<bool>(),
            },
        };
        build.Substitutions.Add(Texts(vector["substitutions"]));
        return build;
    }

    private static Dictionary<string, string> Texts(JsonNode? node) => (node?.AsObject() ?? []).ToDictionary(pair => pair.Key, pair => pair.Value!.GetValue<string>());
}

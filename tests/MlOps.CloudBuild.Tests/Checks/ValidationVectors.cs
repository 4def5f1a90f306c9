using System.Text.Json.Nodes;
using MlOps.CloudBuild.Checks;
using MlOps.Core.Problems;
using MlOps.Testing;

namespace MlOps.CloudBuild.Tests.Checks;

/// <summary>vectors/validation.jsonl: verdicts of cloud-build-local and of the documentation.</summary>
public sealed class ValidationVectors
{
    /// <summary>Codes that this project names otherwise than the vectors do; all others are the same but for their dashes.</summary>
    private static readonly Dictionary<string, string> Renamed = new(StringComparer.Ordinal)
    {
        ["not_builtin"] = "substitution-not-builtin",
        ["substitution_key"] = "bad-substitution-key",
    };

    [Fact]
    public void Every_configuration_gets_its_verdict_and_its_code()
    {
        var cases = File.ReadLines(Shared.Path("vectors", "validation.jsonl")).Select(line => JsonNode.Parse(line)!.AsObject()).ToArray();
        var misses = cases.Select(Miss).OfType<string>().ToArray();
        Assert.NotEmpty(cases);
        Assert.True(misses.Length == 0, string.Join('\n', misses));
    }

    private static string? Miss(JsonObject vector)
    {
        var problems = ConfigChecker.Check("cloudbuild.yaml", vector["text"]!.GetValue<string>(), new Dictionary<string, string>());
        var errors = problems.Where(problem => problem.Severity == Severity.Error).ToArray();
        var wanted = (vector["codes"] as JsonArray ?? []).Select(code => Renamed.GetValueOrDefault(code!.GetValue<string>(), code.GetValue<string>().Replace('_', '-'))).ToArray();
        var good = errors.Length == 0 == vector["ok"]!.GetValue<bool>() && (wanted.Length == 0 || errors.Any(error => wanted.Contains(error.Code)));
        return good ? null : $"{vector["id"]}: expected {(wanted.Length == 0 ? "no error" : string.Join(" or ", wanted))}, got {string.Join("; ", problems)}";
    }
}

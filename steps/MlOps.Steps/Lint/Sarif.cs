using System.Collections.Immutable;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using MlOps.Core.Files;
using MlOps.Core.Problems;

namespace MlOps.Steps.Lint;

/// <summary>SARIF 2.1.0 (docs.oasis-open.org/sarif/sarif/v2.1.0): our findings as one run, and after it the runs of linters that write SARIF themselves.</summary>
internal static class Sarif
{
    private static readonly JsonSerializerOptions Readable = new() { WriteIndented = true, NewLine = "\n", Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <param name="folders">Where linters may have left <c>*.sarif</c> files.</param>
    public static void Write(string path, ImmutableArray<Problem> findings, IEnumerable<string> folders) =>
        AtomicFile.Write(path, Document(findings, folders.SelectMany(Runs)).ToJsonString(Readable) + "\n");

    private static JsonObject Document(ImmutableArray<Problem> findings, IEnumerable<JsonNode> others) => new()
    {
        ["$schema"] = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/os/schemas/sarif-schema-2.1.0.json",
        ["version"] = "2.1.0",
        ["runs"] = new JsonArray([Run(findings), .. others]),
    };

    private static JsonObject Run(ImmutableArray<Problem> findings)
    {
        var rules = findings.Select(finding => finding.Code).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal).ToList();
        return new JsonObject
        {
            ["tool"] = new JsonObject
            {
                ["driver"] = new JsonObject
                {
                    ["name"] = "mlops",
                    ["semanticVersion"] = Toolkit.Version,
                    ["rules"] = new JsonArray([.. rules.Select(rule => new JsonObject { ["id"] = rule })]),
                },
            },
            ["columnKind"] = "utf16CodeUnits",
            ["results"] = new JsonArray([.. findings.Select(finding => Result(finding, rules.IndexOf(finding.Code)))]),
        };
    }

    private static JsonObject Result(Problem finding, int rule)
    {
        var result = new JsonObject
        {
            ["ruleId"] = finding.Code,
            ["ruleIndex"] = rule,
            ["level"] = finding.Severity == Severity.Error ? "error" : "warning",
            ["message"] = new JsonObject { ["text"] = finding.Message },
        };
        if (finding.File is not null)
        {
            result["locations"] = new JsonArray(new JsonObject { ["physicalLocation"] = Place(finding) });
        }

        return result;
    }

    private static JsonObject Place(Problem finding)
    {
        var uri = string.Join('/', finding.File!.Split('/').Select(Uri.EscapeDataString));
        var place = new JsonObject { ["artifactLocation"] = new JsonObject { ["uri"] = uri, ["uriBaseId"] = "%SRCROOT%" } };
        if (finding.Line > 0)
        {
            var region = new JsonObject { ["startLine"] = finding.Line };
            if (finding.Column > 0)
            {
                region["startColumn"] = finding.Column;
            }

            place["region"] = region;
        }

        return place;
    }

    /// <summary>What cannot be read as SARIF is left out: the linter's exit code has said what matters.</summary>
    private static IEnumerable<JsonNode> Runs(string folder)
    {
        var files = Directory.Exists(folder) ? Directory.GetFiles(folder, "*.sarif", SearchOption.AllDirectories) : [];
        foreach (var file in files.Order(StringComparer.Ordinal))
        {
            foreach (var run in TryRead(file))
            {
                yield return run;
            }
        }
    }

    private static IEnumerable<JsonNode> TryRead(string file)
    {
        try
        {
            return JsonNode.Parse(File.ReadAllBytes(file)) is JsonObject document && document["runs"] is JsonArray runs ? [.. runs.OfType<JsonObject>().Select(run => run.DeepClone())] : [];
        }
        catch (JsonException)
        {
            return [];
        }
    }
}

using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace MlOps.Core.Problems;

/// <summary>SARIF 2.1.0 (docs.oasis-open.org/sarif/sarif/v2.1.0): findings as code hosts and editors read them.</summary>
public static class SarifLog
{
    private static readonly JsonSerializerOptions Readable = new() { WriteIndented = true, NewLine = "\n", Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <param name="findings">Their files are relative to the root of the source, or absolute.</param>
    /// <param name="version">Of this tool.</param>
    /// <param name="help">The page where codes are explained, by section; null where there is none.</param>
    /// <param name="others">Runs of other tools, put after ours.</param>
    public static string Text(IReadOnlyCollection<Problem> findings, string version, string? help = null, IEnumerable<JsonNode>? others = null)
    {
        var document = new JsonObject
        {
            ["$schema"] = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/os/schemas/sarif-schema-2.1.0.json",
            ["version"] = "2.1.0",
            ["runs"] = new JsonArray([Run(findings, version, help), .. others ?? []]),
        };
        return document.ToJsonString(Readable) + "\n";
    }

    private static JsonObject Run(IReadOnlyCollection<Problem> findings, string version, string? help)
    {
        var rules = findings.Select(finding => finding.Code).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal).ToList();
        return new JsonObject
        {
            ["tool"] = new JsonObject
            {
                ["driver"] = new JsonObject
                {
                    ["name"] = "mlops",
                    ["semanticVersion"] = version,
                    ["rules"] = new JsonArray([.. rules.Select(rule => Rule(rule, help))]),
                },
            },
            ["columnKind"] = "utf16CodeUnits",
            ["results"] = new JsonArray([.. findings.Select(finding => Result(finding, rules.IndexOf(finding.Code)))]),
        };
    }

    private static JsonObject Rule(string code, string? help)
    {
        var rule = new JsonObject { ["id"] = code };
        if (help is not null)
        {
            rule["help"] = new JsonObject { ["text"] = $"{help}#{code}" };
        }

        return rule;
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
            result["locations"] = new JsonArray(new JsonObject { ["physicalLocation"] = Place(finding, finding.File) });
        }

        return result;
    }

    private static JsonObject Place(Problem finding, string file)
    {
        var artifact = Path.IsPathRooted(file)
            ? new JsonObject { ["uri"] = new Uri(file).AbsoluteUri }
            : new JsonObject { ["uri"] = string.Join('/', file.Split('/').Select(Uri.EscapeDataString)), ["uriBaseId"] = "%SRCROOT%" };
        var place = new JsonObject { ["artifactLocation"] = artifact };
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
}

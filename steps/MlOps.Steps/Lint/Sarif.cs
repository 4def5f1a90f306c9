using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Nodes;
using MlOps.Core.Files;
using MlOps.Core.Problems;

namespace MlOps.Steps.Lint;

/// <summary>A SARIF file: our findings as one run, and after it the runs of linters that write SARIF themselves.</summary>
internal static class Sarif
{
    /// <param name="folders">Where linters may have left <c>*.sarif</c> files.</param>
    public static void Write(string path, ImmutableArray<Problem> findings, IEnumerable<string> folders) =>
        AtomicFile.Write(path, SarifLog.Text(findings, Toolkit.Version, help: null, folders.SelectMany(Runs)));

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

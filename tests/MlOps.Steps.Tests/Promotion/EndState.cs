using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using MlOps.Core.Files;
using MlOps.Google.Registry;
using MlOps.Steps.Build;
using MlOps.Steps.Ledger;
using MlOps.Steps.Releases;
using MlOps.Steps.Upload;

namespace MlOps.Steps.Tests.Promotion;

/// <summary>All that an environment has of a release, as text, without what differs from one run to the next: times, numbers, names of projects.</summary>
internal static class EndState
{
    private static readonly string[] Fleeting = ["time", "seconds", "reused", "sequence", "entry", "previous", "hash", "began", "sha256", "settings", "detail"];

    public static async Task<string> OfAsync(EnvironmentPlace place, string repo, CancellationToken cancel)
    {
        var text = new StringBuilder();
        var entries = (await new LedgerStore(place, repo).ReadAsync(cancel)).Entries;
        var current = EnvironmentState.Of(entries).Current;
        text.AppendLine(Stable(JsonSerializer.SerializeToNode(current, LedgerJson.Default.LedgerEntry)));
        text.AppendLine(System.Globalization.CultureInfo.InvariantCulture, $"completed {entries.Count(entry => entry.Moves && entry.Action == current!.Action)}");
        var release = (await new ReleaseStore(place).FindAsync(repo, current!.Release!.Value, cancel))!;
        foreach (var statement in release.Evidence.Select(evidence => Stable(JsonNode.Parse(Evidence.Content(evidence.Statement)))).Order(StringComparer.Ordinal))
        {
            text.AppendLine(statement);
        }

        var registry = new RegistryClient(place.Endpoint);
        foreach (var (name, digest) in release.Components)
        {
            var image = ComponentImage.Of(place.Environment, name);
            text.AppendLine(System.Globalization.CultureInfo.InvariantCulture, $"{name} {(await registry.GetManifestAsync(image.Pinned(digest), cancel)).Digest} {string.Join(' ', await registry.TagsAsync(image, cancel).ToListAsync(cancel))}");
            text.AppendLine(string.Join(' ', (await registry.ReferrersAsync(image.Pinned(digest), null, cancel)).Select(one => one.ArtifactType).Order(StringComparer.Ordinal)));
        }

        var artifact = ReleaseArtifact.RepositoryOf(place, repo).WithTag(release.Id.Hex);
        var head = (await registry.HeadManifestAsync(artifact, cancel))!;
        text.AppendLine(System.Globalization.CultureInfo.InvariantCulture, $"artifact {head.Digest}, statements {(await registry.ReferrersAsync(artifact.Pinned(head.Digest), ReleaseArtifact.StatementType, cancel)).Count}");
        foreach (var pipeline in current.Pipelines)
        {
            text.AppendLine(Encoding.UTF8.GetString(await PipelineRepository.DownloadAsync(place, pipeline, cancel)));
        }

        return text.ToString().Replace(place.Environment.Project.Split('-')[0] + "-", "", StringComparison.Ordinal);
    }

    private static string Stable(JsonNode? node)
    {
        Strip(node);
        return Encoding.UTF8.GetString(CanonicalJson.Bytes(node)).ReplaceLineEndings("");
    }

    private static void Strip(JsonNode? node)
    {
        if (node is JsonObject map)
        {
            foreach (var key in Fleeting)
            {
                map.Remove(key);
            }

            // An upload's digest is that of bytes which name the project; the bytes are compared.
            if (map["uri"] is JsonValue uri)
            {
                map["uri"] = uri.GetValue<string>().Split("sha256:")[0];
            }

            if (map["job"] is JsonValue job)
            {
                map["job"] = job.GetValue<string>().Split('/')[^1].Split('-')[0];
            }
        }

        foreach (var child in node switch { JsonObject inner => inner.Select(pair => pair.Value).ToArray(), JsonArray list => [.. list], _ => [] })
        {
            Strip(child);
        }
    }
}

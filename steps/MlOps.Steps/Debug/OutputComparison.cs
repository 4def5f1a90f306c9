using System.Collections.Immutable;
using System.Text.Json.Nodes;
using Google.Cloud.AIPlatform.V1;
using MlOps.Core.Problems;
using MlOps.Google.Storage;
using MlOps.Steps.Run;

namespace MlOps.Steps.Debug;

/// <summary>One output of a task, as it was and as it is now.</summary>
/// <param name="Differences">A line each; empty where they are the same.</param>
public sealed record ComparedOutput(string Name, ImmutableArray<string> Differences)
{
    public bool IsSame => Differences.IsEmpty;

    public JsonObject ToJson() => new() { ["name"] = Name, ["same"] = IsSame, ["differences"] = new JsonArray([.. Differences.Select(line => (JsonNode?)line)]) };
}

/// <summary>Compares what a task gave with what it gives when it is run again: parameters by value, artifacts by metadata and by the content of their files.</summary>
internal sealed class OutputComparison(StorageClient then, StorageClient now)
{
    private const long LargestText = 256 * 1024;
    private const int LongestLine = 160;

    public async Task<ImmutableArray<ComparedOutput>> CompareAsync(RecordedTask before, RecordedTask after, CancellationToken cancel)
    {
        var compared = ImmutableArray.CreateBuilder<ComparedOutput>();
        foreach (var name in Names(before.Component, "parameters"))
        {
            compared.Add(new ComparedOutput(name, [.. Value("", before.Outputs.GetValueOrDefault(name), after.Outputs.GetValueOrDefault(name))]));
        }

        foreach (var name in Names(before.Component, "artifacts"))
        {
            var (old, current) = (Artifacts(before, name), Artifacts(after, name));
            var differences = ImmutableArray.CreateBuilder<string>();
            if (old.Count != current.Count)
            {
                differences.Add($"{Quantity.Of(old.Count, "artifact")} then, {current.Count} now");
            }

            foreach (var (one, other) in old.Zip(current))
            {
                differences.AddRange(Metadata(one, other));
                differences.AddRange(await FilesAsync(one.Uri, other.Uri, cancel));
            }

            compared.Add(new ComparedOutput(name, differences.ToImmutable()));
        }

        return compared.ToImmutable();
    }

    private static IEnumerable<string> Names(JsonObject component, string kind) => component["outputDefinitions"]?[kind]?.AsObject().Select(pair => pair.Key).Order(StringComparer.Ordinal) ?? Enumerable.Empty<string>();

    private static IReadOnlyList<Artifact> Artifacts(RecordedTask task, string name) => task.Detail.Outputs.TryGetValue(name, out var list) ? list.Artifacts : [];

    private static IEnumerable<string> Value(string prefix, JsonNode? before, JsonNode? after) =>
        JsonNode.DeepEquals(before, after) ? [] : [$"{prefix}{Shown(before)} → {Shown(after)}"];

    private static IEnumerable<string> Metadata(Artifact before, Artifact after)
    {
        var (old, current) = (RecordedValues.Metadata(before), RecordedValues.Metadata(after));
        return old.Select(pair => pair.Key).Union(current.Select(pair => pair.Key), StringComparer.Ordinal).Order(StringComparer.Ordinal).SelectMany(key => Value($"{key}: ", old[key], current[key]));
    }

    private async Task<ImmutableArray<string>> FilesAsync(string uriThen, string uriNow, CancellationToken cancel)
    {
        var (old, current) = (await ArtifactFiles.ListAsync(then, uriThen, cancel), await ArtifactFiles.ListAsync(now, uriNow, cancel));
        var differences = ImmutableArray.CreateBuilder<string>();
        foreach (var path in old.Keys.Union(current.Keys, StringComparer.Ordinal).Order(StringComparer.Ordinal))
        {
            var label = path.Length == 0 ? "its file" : path;
            switch (old.GetValueOrDefault(path), current.GetValueOrDefault(path))
            {
                case (null, { } added):
                    differences.Add($"{label} is new ({Quantity.OfBytes(added.Size)})");
                    break;
                case ({ } gone, null):
                    differences.Add($"{label} is not there any more ({Quantity.OfBytes(gone.Size)} then)");
                    break;
                case ({ } a, { } b) when a.Size != b.Size || a.Crc32c != b.Crc32c:
                    differences.Add($"{label} differs: {Quantity.OfBytes(a.Size)} then, {Quantity.OfBytes(b.Size)} now{await FirstLineAsync(a, b, cancel)}");
                    break;
            }
        }

        return differences.ToImmutable();
    }

    private async Task<string> FirstLineAsync(StorageObject before, StorageObject after, CancellationToken cancel)
    {
        if (Math.Max(before.Size, after.Size) > LargestText || await TextAsync(then, before, cancel) is not { } old || await TextAsync(now, after, cancel) is not { } current)
        {
            return "";
        }

        var (left, right) = (old.Split('\n'), current.Split('\n'));
        var first = Enumerable.Range(0, Math.Max(left.Length, right.Length)).First(i => left.ElementAtOrDefault(i) != right.ElementAtOrDefault(i));
        return $"; line {first + 1}: {Cut(left.ElementAtOrDefault(first))} → {Cut(right.ElementAtOrDefault(first))}";
    }

    private static async Task<string?> TextAsync(StorageClient storage, StorageObject file, CancellationToken cancel)
    {
        var content = await storage.ReadAsync(file.Bucket, file.Name, cancel, LargestText);
        return content is null || content.Bytes.Span.Contains((byte)0) ? null : System.Text.Encoding.UTF8.GetString(content.Bytes.Span);
    }

    private static string Shown(JsonNode? value) => value is null ? "nothing" : Cut(value.ToJsonString());

    private static string Cut(string? line) => line is null ? "nothing" : line.Length <= LongestLine ? line.TrimEnd('\r') : line[..LongestLine] + "…";
}

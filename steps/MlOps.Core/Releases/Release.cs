using System.Collections.Immutable;
using System.Text.Json.Nodes;
using MlOps.Core.Files;
using MlOps.Core.Images;

namespace MlOps.Core.Releases;

/// <summary>
/// What was built from a commit, once; promoted by digest, never rebuilt. <see cref="Id"/> is the SHA-256 of the canonical
/// JSON of <c>{repo, commit, components: {name: image digest}, pipelines: {name: sha256 of its host-neutral form}}</c>:
/// two builds of one commit with the same digests are the same release (design.md, "The flow").
/// </summary>
public sealed record Release(string Repo, string Commit, ImmutableSortedDictionary<string, Digest> Components, ImmutableSortedDictionary<string, Digest> Pipelines)
{
    public Digest Id => Digest.Of(Content);

    /// <summary>The canonical JSON that <see cref="Id"/> is the digest of.</summary>
    public byte[] Content => CanonicalJson.Bytes(Identity());

    private JsonObject Identity() => new()
    {
        ["repo"] = Repo,
        ["commit"] = Commit,
        ["components"] = Map(Components),
        ["pipelines"] = Map(Pipelines),
    };

    private static JsonObject Map(ImmutableSortedDictionary<string, Digest> digests) =>
        new(digests.Select(pair => KeyValuePair.Create<string, JsonNode?>(pair.Key, pair.Value.ToString())));
}

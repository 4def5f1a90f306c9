using System.Collections.Immutable;
using MlOps.Core.Images;
using MlOps.Core.Releases;

namespace MlOps.Core.Tests.Releases;

public sealed class ReleaseTests
{
    private static Release Make(string commit, params (string, string)[] components) => new(
        "repo", commit, components.ToImmutableSortedDictionary(pair => pair.Item1, pair => Digest.Of(pair.Item2)), ImmutableSortedDictionary<string, Digest>.Empty.Add("training", Digest.Of("p")));

    [Fact]
    public void The_id_is_the_SHA_256_of_the_canonical_JSON()
    {
        var release = Make("c0ffee", ("b", "2"), ("a", "1"));
        var json = $$$"""{"commit":"c0ffee","components":{"a":"{{{Digest.Of("1")}}}","b":"{{{Digest.Of("2")}}}"},"pipelines":{"training":"{{{Digest.Of("p")}}}"},"repo":"repo"}""";
        Assert.Equal(Digest.Of(json), release.Id);
    }

    [Fact]
    public void The_order_of_components_does_not_matter_but_their_digests_do()
    {
        Assert.Equal(Make("c", ("a", "1"), ("b", "2")).Id, Make("c", ("b", "2"), ("a", "1")).Id);
        Assert.NotEqual(Make("c", ("a", "1")).Id, Make("c", ("a", "2")).Id);
        Assert.NotEqual(Make("c", ("a", "1")).Id, Make("d", ("a", "1")).Id);
    }
}

using System.Collections.Immutable;
using MlOps.Core.Images;
using MlOps.Core.Problems;
using MlOps.Core.Releases;
using MlOps.Steps.Promotion;
using MlOps.Steps.Releases;

namespace MlOps.Steps.Tests.Promotion;

public sealed class ReleaseChoiceTests
{
    private static readonly ImmutableArray<ReleaseRecord> Known = [Record("c0ffee01"), Record("c0ffee02", "v1.0.0"), Record("beef"), Record("beef-dirty-0123"), Record("dead-dirty-4567")];

    private static ReleaseRecord Record(string commit, string? tag = null)
    {
        var release = new Release("repo", commit, ImmutableSortedDictionary<string, Digest>.Empty, ImmutableSortedDictionary<string, Digest>.Empty);
        return new ReleaseRecord(release.Id, release.Repo, release.Commit, release.Components, release.Pipelines, [Evidence.Of(new SourceStatement(DateTimeOffset.UnixEpoch, "dev", "main", tag, "ann", DateTimeOffset.UnixEpoch))]);
    }

    private static string Find(string which) => ReleaseChoice.Find(Known, which, "dev").Commit;

    [Fact]
    public void By_id_commit_or_tag()
    {
        Assert.Equal("c0ffee01", Find(Known[0].Id.ToString()));
        Assert.Equal("c0ffee01", Find(Known[0].Id.Short));
        Assert.Equal("c0ffee01", Find("c0ffee01"));
        Assert.Equal("c0ffee02", Find("v1.0.0"));
    }

    [Theory]
    [InlineData("")]
    [InlineData(" ")]
    [InlineData("bee")]
    [InlineData("sha256:")]
    public void Too_little_names_nothing(string which) => Assert.Equal("short-release", Assert.Single(Assert.Throws<InvalidInputException>(() => Find(which)).Problems).Code);

    [Fact]
    public void A_commit_means_what_was_committed()
    {
        Assert.Equal("beef", Find("beef"));
        Assert.Equal("beef-dirty-0123", Find("beef-dirty"));
        Assert.Equal("dead-dirty-4567", Find("dead"));
        Assert.Equal("beef-dirty-0123", Find(Known[3].Id.Hex));
    }

    [Theory]
    [InlineData("c0ffee", "ambiguous-release", "'c0ffee' means 2 releases")]
    [InlineData("v1.0.1", "unknown-release", "There is no release 'v1.0.1' in dev.")]
    [InlineData("V1.0.0", "unknown-release", "'mlops release list --env dev' shows them")]
    public void None_or_several(string which, string code, string said)
    {
        var problem = Assert.Single(Assert.Throws<InvalidInputException>(() => Find(which)).Problems);
        Assert.Equal(code, problem.Code);
        Assert.Contains(said, problem.Message, StringComparison.Ordinal);
    }
}

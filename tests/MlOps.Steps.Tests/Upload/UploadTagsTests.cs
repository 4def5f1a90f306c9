using System.Collections.Immutable;
using MlOps.Core.Images;
using MlOps.Core.Releases;
using MlOps.Steps.Upload;

namespace MlOps.Steps.Tests.Upload;

public sealed class UploadTagsTests
{
    [Fact]
    public void Commit_branch_tag_and_release_become_tags_of_letters_that_tags_may_hold()
    {
        var source = new SourceRevision("r", "c0ffee", "feature/Über x", "v1.0.0", Dirty: false, null, null, "a", default) { ImageTag = "c0ffee" };
        var release = new Release("r", "c0ffee", ImmutableSortedDictionary<string, Digest>.Empty, ImmutableSortedDictionary<string, Digest>.Empty);
        Assert.Equal(["c0ffee", "feature--ber-x", "v1.0.0", "release-" + release.Id.Short], UploadTags.Of(source, release));
    }
}

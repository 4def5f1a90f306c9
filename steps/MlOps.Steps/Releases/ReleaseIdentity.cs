using System.Collections.Immutable;
using MlOps.Core.Releases;

namespace MlOps.Steps.Releases;

/// <summary>
/// The release that the workspace's records make: known as soon as the pipelines are compiled, before anything runs. Its commit
/// is <c>SHA-dirty-HASH</c> where files were not committed: nothing of theirs is ever found under the commit's own name.
/// </summary>
public static class ReleaseIdentity
{
    public static Release Of(DeliveryContext context)
    {
        var source = context.Workspace.Read(Records.Source);
        return new Release(
            source.Repo,
            source.ImageTag,
            context.Workspace.Read(Records.Push).Images.ToImmutableSortedDictionary(image => image.Component, image => image.Digest, StringComparer.Ordinal),
            context.Workspace.Read(Records.Compile).Pipelines.ToImmutableSortedDictionary(pipeline => pipeline.Pipeline, pipeline => pipeline.HostNeutral, StringComparer.Ordinal));
    }
}

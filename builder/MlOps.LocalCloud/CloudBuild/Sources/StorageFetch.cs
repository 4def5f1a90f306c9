using Google.Cloud.CloudBuild.V1;
using MlOps.Core.Problems;
using MlOps.LocalCloud.CloudBuild.Sources.Unpacking;
using MlOps.LocalCloud.Storage;
using static Google.Cloud.CloudBuild.V1.Hash.Types;

namespace MlOps.LocalCloud.CloudBuild.Sources;

/// <summary><c>storageSource</c>: an archive in Cloud Storage, unpacked into the workspace.</summary>
internal sealed class StorageFetch(ObjectStore objects)
{
    public async Task<SourceProvenance> FetchAsync(StorageSource source, string folder, IReadOnlyCollection<HashType> hashes, Action<string> log, CancellationToken cancel)
    {
        using var stored = await StoredSource.OpenAsync(objects, source.Bucket, source.Object, source.Generation, cancel);
        log($"Fetching storage object: {stored.Location}");
        log($"Copying {stored.Location}...");
        var provenance = new SourceProvenance { ResolvedStorageSource = source.Clone() };
        provenance.ResolvedStorageSource.Generation = stored.Generation;
        if (hashes.Count > 0)
        {
            provenance.FileHashes[stored.Location] = await stored.HashAsync(hashes, cancel);
        }

        var size = Quantity.OfBytes(stored.Content.Length);
        await Archive.UnpackAsync(stored.Content, stored.Location, folder, log, cancel);
        log($"/ [1 files][{size,9}/{size,9}]");
        log($"Operation completed over 1 objects/{size}.");
        return provenance;
    }
}

using Google.Cloud.CloudBuild.V1;
using MlOps.LocalCloud.Storage;

namespace MlOps.LocalCloud.CloudBuild.Sources;

/// <summary>An object of Storage that a source is read from; its bytes are of one generation.</summary>
internal sealed class StoredSource(StoredObject stored, FileStream content) : IDisposable
{
    public FileStream Content => content;

    public long Generation => stored.Generation;

    /// <summary><c>gs://BUCKET/NAME#GENERATION</c></summary>
    public string Location { get; } = $"gs://{stored.Bucket}/{stored.Name}#{stored.Generation}";

    /// <param name="generation">0 for the current one.</param>
    /// <exception cref="BuildFaultException">It is not there, or not that generation of it.</exception>
    public static async Task<StoredSource> OpenAsync(ObjectStore objects, string bucket, string name, long generation, CancellationToken cancel)
    {
        var opened = await objects.OpenAsync(bucket, name, cancel)
            ?? throw FetchFault.Of($"failed to fetch source: there is no object gs://{bucket}/{name} in the local cloud's Storage. Upload it there ('mlops submit DIR' does), or check bucket and object of the build's source.");
        if (generation != 0 && opened.Object.Generation != generation)
        {
            await opened.Content.DisposeAsync();
            throw FetchFault.Of($"failed to fetch source: gs://{bucket}/{name} has generation {opened.Object.Generation} now, not {generation}; the local cloud keeps the newest only. Submit the build again, or leave the generation out.");
        }

        return new StoredSource(opened.Object, opened.Content);
    }

    public void Dispose() => content.Dispose();

    /// <summary>The hashes that <c>options.sourceProvenanceHash</c> asks for; the content is read from its beginning and left there.</summary>
    public async Task<FileHashes> HashAsync(IEnumerable<Hash.Types.HashType> types, CancellationToken cancel)
    {
        var hashes = await SourceHashes.OfAsync(content, types, cancel);
        content.Position = 0;
        return hashes;
    }
}

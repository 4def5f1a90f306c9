using System.Text;
using MlOps.Core.Images;
using MlOps.Google.Registry;

namespace MlOps.Google.Tests.Servers;

/// <summary>
/// An image with all that images may have: an index of two platforms that share a layer, one with a layer that registries do not hold;
/// a report about the index, a signature of a child, a note about the report.
/// </summary>
internal sealed class SampleIndex
{
    private readonly List<byte[]> _blobs = [];

    public SampleIndex(int seed = 1, int layerSize = 2_000)
    {
        var shared = Layer(layerSize, seed);
        Children = [Child("amd64", shared, Layer(layerSize / 2, seed + 1000)), Child("arm64", shared, new Descriptor("application/vnd.docker.image.rootfs.foreign.diff.tar.gzip", Digest.Of("elsewhere"), 12) { Urls = ["https://layers.example/elsewhere"] })];
        Index = new ManifestDocument { Manifests = [.. Children.Select(Describe)], Annotations = new Dictionary<string, string> { ["seed"] = $"{seed}" } }.Written(MediaTypes.OciIndex);
        Report = Content.Statement(Index, "application/vnd.mlops.report");
        Referrers = [Report, Content.Statement(Children[0], "application/vnd.mlops.signature"), Content.Statement(Report, "application/vnd.mlops.note")];
        _blobs.Add("{}"u8.ToArray());
    }

    public Manifest Index { get; }

    public Manifest Report { get; }

    public Manifest[] Children { get; }

    public Manifest[] Referrers { get; }

    public IReadOnlyList<byte[]> Blobs => _blobs;

    /// <summary>Children, index, then what refers to them.</summary>
    public IEnumerable<Manifest> Manifests => [.. Children, Index, .. Referrers];

    public static Descriptor Describe(Manifest manifest) => new(manifest.MediaType, manifest.Digest, manifest.Content.Length);

    /// <returns>The index, pinned.</returns>
    public async Task<ImageReference> PushAsync(RegistryClient client, ImageReference repository)
    {
        foreach (var blob in _blobs)
        {
            await client.UploadBlobAsync(repository, BlobContent.Of(blob), TestContext.Current.CancellationToken);
        }

        foreach (var manifest in Manifests)
        {
            await client.PutManifestAsync(repository.Pinned(manifest.Digest), manifest, TestContext.Current.CancellationToken);
        }

        return repository.Pinned(Index.Digest);
    }

    /// <summary>The repository holds all of it, to the byte, and lists what refers to what.</summary>
    public async Task AssertAtAsync(RegistryClient client, ImageReference repository)
    {
        var cancel = TestContext.Current.CancellationToken;
        foreach (var manifest in Manifests)
        {
            var there = await client.GetManifestAsync(repository.Pinned(manifest.Digest), cancel);
            Assert.Equal((manifest.MediaType, Encoding.UTF8.GetString(manifest.Content.Span)), (there.MediaType, Encoding.UTF8.GetString(there.Content.Span)));
            var about = Referrers.Where(one => one.Parse().Subject!.Digest == manifest.Digest).Select(one => one.Digest);
            Assert.Equal(about, (await client.ReferrersAsync(repository.Pinned(manifest.Digest), null, cancel)).Select(one => one.Digest));
        }

        foreach (var blob in _blobs)
        {
            Assert.Equal(blob, await client.ReadBlobAsync(repository, Content.Describe(blob), cancel, long.MaxValue));
        }
    }

    private Descriptor Layer(int size, int seed)
    {
        _blobs.Add(Content.Bytes(size, seed));
        return Content.Describe(_blobs[^1], "application/vnd.oci.image.layer.v1.tar");
    }

    private Manifest Child(string architecture, params Descriptor[] layers)
    {
        _blobs.Add(Encoding.UTF8.GetBytes($$"""{"architecture":"{{architecture}}","os":"linux"}"""));
        return new ManifestDocument { Config = Content.Describe(_blobs[^1], "application/vnd.oci.image.config.v1+json"), Layers = layers }.Written(MediaTypes.OciManifest);
    }
}

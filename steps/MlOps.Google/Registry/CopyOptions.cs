namespace MlOps.Google.Registry;

/// <summary>How an image is copied.</summary>
public sealed record CopyOptions
{
    public static CopyOptions Default { get; } = new();

    /// <summary>What refers to the image, to its children and to what refers to them is copied too.</summary>
    public bool Referrers { get; init; } = true;

    /// <summary>Tags that the image gets at the target once all of it is there.</summary>
    public IReadOnlyList<string> Tags { get; init; } = [];

    /// <summary>Blobs, and manifests, that are asked for or sent at once; at least 1.</summary>
    public int AtOnce { get; init; } = 6;

    public CopyLimits Limits { get; init; } = new();

    /// <summary>Told when a blob has arrived and every few MiB of one.</summary>
    public IProgress<CopyProgress>? Progress { get; init; }
}

/// <summary>What is refused as absurd before anything of it is copied.</summary>
public sealed record CopyLimits
{
    /// <summary>Bytes of one blob.</summary>
    public long BlobSize { get; init; } = 128L * 1024 * 1024 * 1024;

    /// <summary>Layers of one image. Docker makes 127 at most; artifacts such as sharded models have more.</summary>
    public int Layers { get; init; } = 2_000;

    /// <summary>Manifests of one index.</summary>
    public int Children { get; init; } = 1_000;

    /// <summary>Manifests in all: the image's, its children's and referrers'.</summary>
    public int Manifests { get; init; } = 10_000;

    /// <summary>Bytes of all manifests, which are held in memory; one has at most <see cref="RegistryClient.LargestManifest"/>.</summary>
    public long ManifestBytes { get; init; } = 256 * 1024 * 1024;

    /// <summary>Indexes within indexes.</summary>
    public int Depth { get; init; } = 4;

    /// <summary>Referrers of referrers.</summary>
    public int ReferrerDepth { get; init; } = 8;
}

/// <summary>How far a copy is; the figures grow when referrers are found.</summary>
/// <param name="Bytes">Of the blobs that are or were missing.</param>
public sealed record CopyProgress(int Blobs, int BlobsDone, long Bytes, long BytesDone);

/// <summary>What a copy did.</summary>
/// <param name="Image">The image at the target, pinned.</param>
/// <param name="Manifests">Manifests written, those of referrers among them.</param>
/// <param name="ManifestsThere">Manifests that were there already, with all that they refer to.</param>
/// <param name="Referrers">Referrers among the manifests written.</param>
/// <param name="BlobsThere">Blobs of the written manifests that were there.</param>
/// <param name="BlobsMounted">Blobs that the registry took from the other repository.</param>
/// <param name="BlobsCopied">Blobs whose bytes were sent.</param>
/// <param name="ForeignLayers">Layers that registries do not hold; they stay where their manifests say.</param>
/// <param name="BytesSent">Bytes of blobs sent, those that were sent again after a break included.</param>
public sealed record CopyResult(
    Core.Images.ImageReference Image, int Manifests, int ManifestsThere, int Referrers, int BlobsThere, int BlobsMounted, int BlobsCopied, int ForeignLayers, long BytesSent)
{
    /// <summary>Everything was there.</summary>
    public bool IsNothing => Manifests == 0;
}

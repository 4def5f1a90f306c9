using System.Diagnostics;
using System.Text.Json.Nodes;
using MlOps.Core.Images;
using MlOps.Google;
using MlOps.Google.Registry;
using MlOps.Testing;

namespace MlOps.Bench;

/// <summary>An image of 200 MB from registry to registry: two local clouds that run, and skopeo, which is a process each time, at the same ones.</summary>
internal sealed class CopyRows : IDisposable
{
    private static readonly int[] LayerSizes = [100_000_000, 60_000_000, 30_000_000, 10_000_000];
    private readonly TemporaryFolder _other = new();
    private readonly string _mlops;
    private readonly GcpEndpoint _here, _there;
    private readonly ImageReference _image;
    private int _targets;

    /// <param name="home">Of the cloud that runs.</param>
    /// <param name="mlops">The command, which runs another cloud.</param>
    public CopyRows(string home, string mlops)
    {
        _mlops = mlops;
        Other("up");
        (_here, _there) = (Endpoint(home), Endpoint(_other.Path));
        _image = PushAsync(new RegistryClient(_here)).GetAwaiter().GetResult();
        Copy(_there, Name("there"));
    }

    public IEnumerable<WholeProcess.Row> Rows()
    {
        yield return new("copying an image of 200 MB by mount", "≤ 500 ms", 9, Mounted) { Remark = () => "0 bytes of blobs sent" };
        yield return new("nothing to copy", "≤ 300 ms", 9, Nothing, HasSkopeo ? "`skopeo copy`" : null, HasSkopeo ? NothingBySkopeo : null);
        yield return new("copying an image of 200 MB to another registry", "≤ 1.0", 7, Sent, HasSkopeo ? "`skopeo copy`" : null, HasSkopeo ? BySkopeo : null);
    }

    public static bool HasSkopeo { get; } = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':').Any(folder => File.Exists(Path.Combine(folder, "skopeo")));

    public TimeSpan Mounted() => Copy(_here, Fresh(), result => result is { BytesSent: 0, BlobsMounted: 5 });

    public TimeSpan Sent() => Copy(_there, Fresh(), result => result.BlobsCopied == 5);

    public TimeSpan Nothing() => Copy(_there, Name("there"), result => result.IsNothing);

    public TimeSpan BySkopeo() => Skopeo(Fresh());

    public TimeSpan NothingBySkopeo() => Skopeo(Name("there"));

    public void Dispose()
    {
        Other("down");
        _other.Dispose();
    }

    private void Other(string verb) => Timing.Of(_other.Path, new Dictionary<string, string> { ["MLOPS_HOME"] = _other.Path }, _mlops, "cloud", verb);

    internal static GcpEndpoint Endpoint(string home)
    {
        var owner = JsonNode.Parse(File.ReadAllText(Path.Combine(home, "cloud", "cloud.lock")))!;
        return GcpEndpoint.Local(new Uri(owner["http"]!.ToString()), new Uri(owner["grpc"]!.ToString()));
    }

    private static ImageReference Name(string repository) => ImageReference.Parse($"us-central1-docker.pkg.dev/bench/{repository}/image");

    private static string Address(GcpEndpoint endpoint, ImageReference image)
    {
        var (address, repository) = endpoint.Registry(image.Host, image.Path);
        return $"docker://{address.Authority}/{repository}{(image.Digest is { } digest ? $"@{digest}" : $":{image.Tag}")}";
    }

    /// <summary>With a memory of its own, or it would mount what it has sent to that registry before.</summary>
    private TimeSpan Skopeo(ImageReference target)
    {
        using var memory = new TemporaryFolder();
        var environment = new Dictionary<string, string> { ["XDG_DATA_HOME"] = memory.Path, ["_CONTAINERS_ROOTLESS_UID"] = "1" };
        return Timing.Of("/", environment, "skopeo", "--insecure-policy", "copy", "--quiet", "--preserve-digests", "--src-tls-verify=false", "--dest-tls-verify=false", Address(_here, _image), Address(_there, target.WithTag("v1")));
    }

    private static async Task<ImageReference> PushAsync(RegistryClient client)
    {
        var name = Name("source");
        byte[][] blobs = ["{\"architecture\":\"amd64\",\"os\":\"linux\",\"rootfs\":{\"type\":\"layers\",\"diff_ids\":[]}}"u8.ToArray(), .. LayerSizes.Select(Noise)];
        foreach (var blob in blobs)
        {
            await client.UploadBlobAsync(name, BlobContent.Of(blob), CancellationToken.None);
        }

        var document = new ManifestDocument
        {
            Config = new Descriptor("application/vnd.oci.image.config.v1+json", Digest.Of(blobs[0]), blobs[0].Length),
            Layers = [.. blobs[1..].Select(blob => new Descriptor("application/vnd.oci.image.layer.v1.tar+gzip", Digest.Of(blob), blob.Length))],
        };
        return name.Pinned(await client.PutManifestAsync(name.WithTag("v1"), document.Written(MediaTypes.OciManifest), CancellationToken.None));
    }

    private static byte[] Noise(int size)
    {
        var bytes = new byte[size];
        new Random(size).NextBytes(bytes);
        return bytes;
    }

    private ImageReference Fresh() => Name($"target-{++_targets}");

    private TimeSpan Copy(GcpEndpoint to, ImageReference target, Func<CopyResult, bool>? expected = null)
    {
        var from = Stopwatch.GetTimestamp();
        var result = ImageCopy.RunAsync(new RegistryClient(_here), new RegistryClient(to), _image, target, CopyOptions.Default, CancellationToken.None).GetAwaiter().GetResult();
        var took = Stopwatch.GetElapsedTime(from);
        return expected?.Invoke(result) is false ? throw new InvalidOperationException($"The copy did something else: {result}") : took;
    }
}

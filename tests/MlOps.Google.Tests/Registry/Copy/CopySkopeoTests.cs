using System.Diagnostics;
using System.Text.Json.Nodes;
using MlOps.Core.Images;
using MlOps.Google.Registry;
using MlOps.Google.Tests.LocalCloud;
using MlOps.Google.Tests.Servers;
using MlOps.Testing;

namespace MlOps.Google.Tests.Registry.Copy;

/// <summary>What another tool reads where we have copied to.</summary>
public sealed class CopySkopeoTests(TwoClouds clouds)
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Skopeo_reads_every_digest_and_every_blob_of_a_copy_and_what_it_pushed_is_copied()
    {
        Assert.SkipUnless((Environment.GetEnvironmentVariable("PATH") ?? "").Split(':').Any(path => File.Exists(Path.Combine(path, "skopeo"))), "There is no skopeo on this machine: apt-get install skopeo.");
        await clouds.StartedAsync();
        using var folder = new TemporaryFolder();
        var (source, target) = (new RegistryClient(clouds.Source.Endpoint), new RegistryClient(clouds.Target.Endpoint));
        var sample = new SampleIndex(seed: 5);
        var name = ImageReference.Parse("us-central1-docker.pkg.dev/local/read/image");
        await ImageCopy.RunAsync(source, target, await sample.PushAsync(source, name), name, CopyOptions.Default with { Tags = ["v1"] }, Cancel);

        foreach (var manifest in sample.Manifests)
        {
            Assert.Equal(manifest.Digest, Digest.Of(await SkopeoAsync("inspect", "--raw", "--tls-verify=false", Address(clouds.Target, name.Pinned(manifest.Digest)))));
        }

        Assert.Equal(sample.Index.Digest, Digest.Of(await SkopeoAsync("inspect", "--raw", "--tls-verify=false", Address(clouds.Target, name.WithTag("v1")))));
        var tags = JsonNode.Parse(await SkopeoAsync("list-tags", "--tls-verify=false", Address(clouds.Target, ImageReference.Parse(name.Name))))!["Tags"]!.AsArray();
        Assert.Equal(["v1"], tags.Select(tag => tag!.ToString()));

        // It checks each blob against its digest; then its own push goes the other way.
        var pulled = Path.Combine(folder.Path, "image");
        await SkopeoAsync("copy", "--src-tls-verify=false", Address(clouds.Target, name.Pinned(sample.Children[0].Digest)), $"dir:{pulled}");
        await SkopeoAsync("copy", "--dest-tls-verify=false", $"dir:{pulled}", Address(clouds.Target, name.WithTag("by-skopeo")));
        var pushed = (await target.HeadManifestAsync(name.WithTag("by-skopeo"), Cancel))!;
        Assert.Equal(sample.Children[0].Digest, pushed.Digest);
        var back = ImageReference.Parse("us-central1-docker.pkg.dev/local/read-back/image");
        Assert.Equal((1, 3), (await ImageCopy.RunAsync(target, source, name.Pinned(pushed.Digest), back, CopyOptions.Default with { Referrers = false }, Cancel)) is var result ? (result.Manifests, result.BlobsCopied) : default);
        Assert.Equal(pushed.Digest, Digest.Of(await SkopeoAsync("inspect", "--raw", "--tls-verify=false", Address(clouds.Source, back.Pinned(pushed.Digest)))));
    }

    private static string Address(RunningCloud cloud, ImageReference image)
    {
        var (address, repository) = cloud.Endpoint.Registry(image.Host, image.Path);
        return $"docker://{address.Authority}/{repository}{(image.Digest is { } digest ? $"@{digest}" : image.Tag is { } tag ? $":{tag}" : "")}";
    }

    private static async Task<byte[]> SkopeoAsync(params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo("skopeo", ["--insecure-policy", .. arguments]) { RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false })!;
        var errors = process.StandardError.ReadToEndAsync(Cancel);
        using var output = new MemoryStream();
        await process.StandardOutput.BaseStream.CopyToAsync(output, Cancel);
        await process.WaitForExitAsync(Cancel);
        Assert.True(process.ExitCode == 0, $"skopeo {string.Join(' ', arguments)}: {await errors}");
        return output.ToArray();
    }
}

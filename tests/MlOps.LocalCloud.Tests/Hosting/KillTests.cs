using System.Collections.Concurrent;
using System.Net.Sockets;
using System.Text.Json.Nodes;
using MlOps.Core.Images;
using MlOps.LocalCloud.Hosting;
using MlOps.LocalCloud.Tests.Kfp;
using MlOps.LocalCloud.Tests.Registry;
using MlOps.LocalCloud.Tests.Storage;
using MlOps.Testing;

namespace MlOps.LocalCloud.Tests.Hosting;

public sealed class KillTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_killed_cloud_leaves_no_owner_no_registry_and_everything_that_it_had_answered()
    {
        using var child = await ChildCloud.StartAsync(_folder.Path, Cancel);
        string pipeline, image, session;
        await using (var cloud = TestCloud.At(child.Owner))
        {
            (await cloud.PutAsync("kept", "ledger.json", "1")).Ok();
            pipeline = (await cloud.UploadAsync("pipelines", KfpCalls.Pipeline("p"), "v1")).Ok().Text;
            image = (await cloud.PushAsync("us-central1/local/ml/i", "v1", "image")).Digest.ToString();
            var begun = (await cloud.SendAsync(HttpMethod.Post, "/upload/storage/v1/b/kept/o?uploadType=resumable&name=half", TestCloud.Json("{}"))).Ok();
            session = begun.Headers["Location"];
            await cloud.SendAsync(HttpMethod.Put, session, new StringContent("12345"), ("Content-Range", "bytes 0-4/9"));
        }

        await child.KillAsync(Cancel);
        Assert.Null(LocalCloudOwner.Find(_folder.Path));
        await GoneAsync(RegistryPort());
        await using var host = await CloudHost.StartAsync(new(_folder.Path), Cancel);
        Assert.Equal((child.Owner.Instance, child.Owner.Http, child.Owner.Grpc), (host.Instance, host.Http, host.Grpc));
        await using var again = TestCloud.At(LocalCloudOwner.Find(_folder.Path)!);
        Assert.Equal("1", (await again.ReadAsync("kept", "ledger.json")).Ok().Text);
        (await again.GetAsync($"/kfp/us-central1/local/pipelines/{pipeline}")).Ok();
        Assert.Equal(image, (await again.GetAsync("/v2/us-central1/local/ml/i/manifests/v1")).Ok().Headers["Docker-Content-Digest"]);
        Assert.Equal("image", (await again.GetAsync($"/v2/us-central1/local/ml/i/blobs/{Digest.Of("image")}")).Ok().Text);
        Assert.Equal("bytes=0-4", (await again.SendAsync(HttpMethod.Put, session, new ByteArrayContent([]), ("Content-Range", "bytes */9"))).Headers["Range"]);
    }

    [Fact]
    public async Task A_kill_in_the_middle_of_writes_loses_none_that_was_answered_and_tears_none()
    {
        var answered = new ConcurrentDictionary<string, int>();
        using (var child = await ChildCloud.StartAsync(_folder.Path, Cancel))
        {
            await using var cloud = TestCloud.At(child.Owner);
            var writers = Enumerable.Range(0, 4).Select(writer => WriteAsync(cloud, $"object-{writer}", answered)).ToList();
            while (answered.Values.Sum() < 200)
            {
                await Task.Yield();
            }

            await child.KillAsync(Cancel);
            await Task.WhenAll(writers);
        }

        await using var host = await CloudHost.StartAsync(new(_folder.Path), Cancel);
        await using var again = TestCloud.At(LocalCloudOwner.Find(_folder.Path)!);
        foreach (var (name, last) in answered)
        {
            var read = (await again.ReadAsync("raced", name)).Ok();
            Assert.True(IsWhole(read.Text, out var number) && number >= last, $"{name}: answered {last}, holds {read.Text[..20]}…");
            var metadata = (await again.GetAsync(StorageCalls.ObjectPath("raced", name))).Ok();
            Assert.Equal((read.Headers["x-goog-generation"], $"{read.Body.Length}"), (metadata["generation"], metadata["size"]));
            Assert.Equal("text/x-number", metadata["contentType"]);
        }
    }

    /// <summary>Writes numbers until the cloud is gone.</summary>
    private static async Task WriteAsync(TestCloud cloud, string name, ConcurrentDictionary<string, int> answered)
    {
        for (var number = 1; ; number++)
        {
            try
            {
                using var content = new StringContent(string.Join(' ', Enumerable.Repeat(number, 500)), null, "text/x-number");
                content.Headers.ContentType!.CharSet = null;
                (await cloud.SendAsync(HttpMethod.Post, $"/upload/storage/v1/b/raced/o?uploadType=media&name={name}", content)).Ok();
                answered[name] = number;
            }
            catch (HttpRequestException)
            {
                return;
            }
        }
    }

    private static bool IsWhole(string text, out int number)
    {
        var parts = text.Split(' ');
        return int.TryParse(parts[0], out number) && parts.Length == 500 && Array.TrueForAll(parts, part => part == parts[0]);
    }

    private int RegistryPort()
    {
        var config = JsonNode.Parse(File.ReadAllText(Path.Combine(_folder.Path, "registry", "config.json")))!;
        return int.Parse(config["http"]!["addr"]!.ToString().Split(':')[1], System.Globalization.CultureInfo.InvariantCulture);
    }

    private static async Task GoneAsync(int port)
    {
        while (true)
        {
            using var client = new TcpClient();
            try
            {
                await client.ConnectAsync("127.0.0.1", port, Cancel);
                await Task.Delay(TimeSpan.FromMilliseconds(5), TimeProvider.System, Cancel);
            }
            catch (SocketException)
            {
                return;
            }
        }
    }
}

using System.Net;
using Microsoft.AspNetCore.Http.Features;
using MlOps.Core.Images;
using MlOps.Google.Errors;
using MlOps.Google.Registry;
using MlOps.Google.Retry;
using MlOps.Google.Tests.LocalCloud;
using MlOps.Google.Tests.Servers;

namespace MlOps.Google.Tests.Registry.Copy;

/// <summary>Copies between two local clouds' registries, with something in between that misbehaves.</summary>
public sealed class CopyFaultTests(TwoClouds clouds) : IAsyncLifetime
{
    private const int Size = 3_000_000;
    private static readonly SampleIndex Sample = new(layerSize: Size);
    private static int _names;

    private static readonly ImageReference Source = ImageReference.Parse("us-central1-docker.pkg.dev/local/source/image");
    private readonly ImageReference _repository = ImageReference.Parse($"us-central1-docker.pkg.dev/local/copies/image-{Interlocked.Increment(ref _names)}");

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private static long Total => Sample.Blobs.Sum(blob => (long)blob.Length);

    public static TheoryData<string, string, string> OfTheSource => new()
    {
        { "GET", "/manifests/", "500" }, { "GET", "/manifests/", "429" }, { "GET", "/manifests/", "drop" },
        { "GET", "/blobs/", "503" }, { "GET", "/blobs/", "429" }, { "GET", "/blobs/", "drop" }, { "GET", "/blobs/", "cut" }, { "GET", "/blobs/", "dribble" },
        { "GET", "/referrers/", "500" },
    };

    public static TheoryData<string, string, string> OfTheTarget => new()
    {
        { "HEAD", "/manifests/", "500" }, { "HEAD", "/blobs/", "408" },
        { "POST", "/uploads/", "500" }, { "POST", "/uploads/", "lose" },
        { "PATCH", "/uploads/", "429" }, { "PATCH", "/uploads/", "drop" }, { "PATCH", "/uploads/", "cut" }, { "PATCH", "/uploads/", "lose" },
        { "PUT", "/uploads/", "500" }, { "PUT", "/uploads/", "drop" }, { "PUT", "/uploads/", "lose" },
        { "PUT", "/manifests/", "502" }, { "PUT", "/manifests/", "lose" },
        { "GET", "/referrers/", "503" },
    };

    public async ValueTask InitializeAsync() => await clouds.StartedAsync();

    public ValueTask DisposeAsync() => default;

    [Theory]
    [MemberData(nameof(OfTheSource))]
    public Task A_source_that_fails_for_a_while(string method, string path, string fault) => ThroughAsync((source, _) => source.Server.Next(method, path, Named(fault)));

    [Theory]
    [MemberData(nameof(OfTheTarget))]
    public Task A_target_that_fails_for_a_while(string method, string path, string fault) => ThroughAsync((_, target) => target.Server.Next(method, path, Named(fault)));

    [Fact]
    public async Task Both_that_break_in_the_middle_of_blobs_again_and_again_send_only_the_rest()
    {
        var result = await ThroughAsync((source, target) =>
        {
            for (var time = 0; time < 3; time++)
            {
                source.Server.Next("GET", "/blobs/", Fault.CutAnswer(700_000));
                target.Server.Next("PATCH", "/uploads/", Fault.CutRequest(500_000));
            }
        });

        // What was in the sockets when the target broke is lost each time, not what has arrived.
        Assert.InRange(result.BytesSent, Total, Total * 2);
    }

    [Fact]
    public async Task A_registry_that_stands_still_is_asked_again()
    {
        var policy = new RetryPolicy { Attempts = 4, FirstDelay = TimeSpan.FromMilliseconds(1), AttemptTimeout = TimeSpan.FromSeconds(1) };
        await ThroughAsync(
            (source, target) =>
            {
                source.Server.Next("GET", "/blobs/", Fault.Hang);
                target.Server.Next("HEAD", "/manifests/", Fault.Hang);
            },
            policy);
    }

    [Fact]
    public async Task An_upload_that_the_target_ends_begins_anew()
    {
        using var http = new HttpClient(new SocketsHttpHandler { UseProxy = false });
        await ThroughAsync((_, target) => target.Server.Next("PATCH", "/uploads/", new Fault(async (context, next) =>
        {
            await Fault.CutRequest(1_000_000).RunAsync(context, next);
            using var ended = await http.DeleteAsync(new Uri(clouds.Target.Endpoint.Http!, context.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget), CancellationToken.None);
            Assert.Equal(HttpStatusCode.NoContent, ended.StatusCode);
        })));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1_000_000)]
    public async Task Wrong_bytes_are_never_committed_also_not_after_a_break(int firstCut)
    {
        await using var source = await RegistryProxy.StartAsync(clouds.Source.Endpoint.Http!);
        await using var target = await RegistryProxy.StartAsync(clouds.Target.Endpoint.Http!);
        var (image, blobs) = Content.Image(Size, seed: firstCut + 1);
        var pinned = await Content.PushAsync(new RegistryClient(clouds.Source.Endpoint), _repository, image, blobs);
        var layer = $"/blobs/{image.Parse().Layers![0].Digest}";
        if (firstCut > 0)
        {
            source.Server.Next("GET", layer, Fault.CutAnswer(firstCut));
        }

        source.Server.Next("GET", layer, Fault.Corrupt);
        var error = await Assert.ThrowsAsync<RegistryException>(() => ImageCopy.RunAsync(source.Client(), target.Client(), pinned, _repository, CopyOptions.Default, Cancel));
        Assert.Contains($"(at {source.Server.Host}): the {Size} bytes that it gave for the blob", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(image.Parse().Layers![0].Digest, target.Commits);
        Assert.Null(await target.Client().HeadManifestAsync(pinned, Cancel));
        Assert.Null(await target.Client().BlobSizeAsync(_repository, image.Parse().Layers![0].Digest, Cancel));

        Assert.Equal(1, (await ImageCopy.RunAsync(source.Client(), target.Client(), pinned, _repository, CopyOptions.Default, Cancel)).Manifests);
    }

    [Fact]
    public async Task A_blob_of_a_wrong_length_is_not_committed()
    {
        await using var source = await RegistryProxy.StartAsync(clouds.Source.Endpoint.Http!);
        await using var target = await RegistryProxy.StartAsync(clouds.Target.Endpoint.Http!);
        var (image, blobs) = Content.Image(Size, seed: 77);
        var pinned = await Content.PushAsync(new RegistryClient(clouds.Source.Endpoint), _repository, image, blobs);
        var layer = image.Parse().Layers![0].Digest;
        source.Server.Next("GET", $"/blobs/{layer}", new Fault((context, _) =>
        {
            context.Response.ContentLength = Size - 1;
            return context.Response.Body.WriteAsync(blobs[1].AsMemory(1), context.RequestAborted).AsTask();
        }));
        var error = await Assert.ThrowsAsync<RegistryException>(() => ImageCopy.RunAsync(source.Client(), target.Client(), pinned, _repository, CopyOptions.Default, Cancel));
        Assert.Equal("SIZE_INVALID", error.Code);
        Assert.DoesNotContain(layer, target.Commits);
    }

    [Theory]
    [InlineData("strip")]
    [InlineData("405")]
    [InlineData("none")]
    public async Task Within_one_registry_blobs_are_mounted_or_else_sent(string fault)
    {
        await using var registry = await RegistryProxy.StartAsync(clouds.Source.Endpoint.Http!);
        var pinned = await PushedAsync();
        var target = ImageReference.Parse($"europe-west4-docker.pkg.dev/local/prod/{_repository.Path.Split('/')[^1]}");
        if (fault != "none")
        {
            registry.Server.Next("POST", "mount=", fault == "strip" ? WithoutMount : Named(fault));
        }

        var result = await ImageCopy.RunAsync(registry.Client(), registry.Client(), pinned, target, CopyOptions.Default with { AtOnce = 1 }, Cancel);
        Assert.Equal(fault == "none" ? (5, 0, 0L) : (0, 5, Total), (result.BlobsMounted, result.BlobsCopied, result.BytesSent));
        Assert.Equal(fault == "none" ? 5 : 1, registry.Server.Requests.Count(request => request.Query.Contains("mount=", StringComparison.Ordinal)));
        Assert.Equal(fault == "none" ? 0 : 5, registry.Server.Requests.Count(request => request.Method == "GET" && request.Path.Contains("/blobs/", StringComparison.Ordinal)));
        await Sample.AssertAtAsync(new RegistryClient(clouds.Source.Endpoint), target);
    }

    [Fact]
    public async Task A_target_that_never_takes_it_is_named_with_its_words()
    {
        await using var target = await RegistryProxy.StartAsync(clouds.Target.Endpoint.Http!);
        var pinned = await PushedAsync();
        target.Each = (context, next) => context.Request.Method == "PATCH" ? Fault.Answer(503, """{"errors":[{"code":"UNAVAILABLE","message":"disk is full"}]}""").RunAsync(context, next) : next(context);
        var error = await Assert.ThrowsAnyAsync<CloudException>(() => ImageCopy.RunAsync(new RegistryClient(clouds.Source.Endpoint), target.Client(), pinned, _repository, CopyOptions.Default, Cancel));
        Assert.Contains("disk is full", error.Message, StringComparison.Ordinal);
        Assert.True(error.IsTransient);
    }

    private static Fault WithoutMount { get; } = new((context, next) =>
    {
        context.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget = context.Request.Path.Value!;
        return next(context);
    });

    private static Fault Named(string fault) => fault switch
    {
        "429" => Fault.RetryAfter(429, "0"),
        "drop" => Fault.Drop,
        "lose" => Fault.LoseAnswer,
        "cut" => new Fault((context, next) => (context.Request.Method == "GET" ? Fault.CutAnswer(20) : Fault.CutRequest(1_000_000)).RunAsync(context, next)),
        "dribble" => new Fault((context, next) =>
        {
            context.Response.Body = new DribblingStream(context.Response.Body);
            return next(context);
        }),
        var status => Fault.Status(int.Parse(status, System.Globalization.CultureInfo.InvariantCulture)),
    };

    /// <summary>The sample at the source; pushed by whoever comes first.</summary>
    private async Task<ImageReference> PushedAsync()
    {
        var client = new RegistryClient(clouds.Source.Endpoint);
        return await client.HeadManifestAsync(Source.Pinned(Sample.Referrers[^1].Digest), Cancel) is null ? await Sample.PushAsync(client, Source) : Source.Pinned(Sample.Index.Digest);
    }

    private async Task<CopyResult> ThroughAsync(Action<RegistryProxy, RegistryProxy> arrange, RetryPolicy? policy = null)
    {
        await using var source = await RegistryProxy.StartAsync(clouds.Source.Endpoint.Http!);
        await using var target = await RegistryProxy.StartAsync(clouds.Target.Endpoint.Http!);
        var pinned = await PushedAsync();
        arrange(source, target);
        var result = await ImageCopy.RunAsync(source.Client(policy), target.Client(policy), pinned, _repository, CopyOptions.Default, Cancel);
        await Sample.AssertAtAsync(new RegistryClient(clouds.Target.Endpoint), _repository);
        Assert.Equal((6, 3, 5), (result.Manifests, result.Referrers, result.BlobsCopied));
        return result;
    }
}

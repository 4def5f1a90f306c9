using System.Text;
using Grpc.Core;
using MlOps.Core.Images;
using MlOps.Google.Errors;
using MlOps.Google.Kfp;
using MlOps.Google.Tests.Servers;

namespace MlOps.Google.Tests.Kfp;

public sealed class KfpClientTests
{
    private static readonly KfpRepository Repository = KfpRepository.Parse(TestArtifactRegistry.Kfp);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private static byte[] Pipeline { get; } = Encoding.UTF8.GetBytes("""{"pipelineInfo":{"name":"training"}}""");

    [Fact]
    public async Task A_pipeline_is_uploaded_under_googles_name_and_read_back_to_the_byte()
    {
        await using var server = await TestArtifactRegistry.StartAsync();
        using var channels = server.Channels();
        var client = new KfpClient(channels);
        var uploaded = await client.UploadAsync(Repository, Pipeline, ["v1", "latest"], "First,\nand best ☃", Cancel);

        Assert.Equal($"https://us-central1-kfp.pkg.dev/p/pipelines/training/{Digest.Of(Pipeline)}", uploaded.ToString());
        Assert.Equal(Pipeline, await client.DownloadAsync(uploaded, Cancel));
        Assert.Equal("First, and best ?", Assert.Single(server.Descriptions));
        Assert.Equal(uploaded, await client.ResolveTagAsync(Repository, "training", "latest", Cancel));
        Assert.Null(await client.ResolveTagAsync(Repository, "training", "v2", Cancel));
    }

    [Fact]
    public async Task An_upload_is_to_the_byte_what_the_kfp_sdk_sends()
    {
        var (type, body) = ("", "");
        await using var server = await TestServer.StartAsync(async context =>
        {
            using var reader = new StreamReader(context.Request.Body);
            (type, body) = (context.Request.ContentType!, await reader.ReadToEndAsync(context.RequestAborted));
            context.Response.StatusCode = 400;
        });
        using var channels = new Google.Grpc.GrpcChannels(GcpEndpoint.Local(server.Address, server.Address), Clients.Policy());
        await Assert.ThrowsAsync<CloudException>(() => new KfpClient(channels).UploadAsync(Repository, Pipeline, ["v1", "latest"], null, Cancel));

        Assert.Equal("/kfp/us-central1/p/pipelines", Assert.Single(server.Requests).Path);
        Assert.StartsWith("multipart/form-data; boundary=mlops", type, StringComparison.Ordinal);
        var boundary = type.Split('=')[1];
        Assert.Equal($"--{boundary}\r\nContent-Disposition: form-data; name=\"tags\"\r\n\r\nv1,latest\r\n--{boundary}\r\nContent-Disposition: form-data; name=\"content\"; filename=\"pipeline.json\"\r\n\r\n{Encoding.UTF8.GetString(Pipeline)}\r\n--{boundary}--\r\n", body);
    }

    [Fact]
    public async Task The_same_pipeline_twice_is_one_version()
    {
        await using var server = await TestArtifactRegistry.StartAsync();
        using var channels = server.Channels();
        server.Http.Next("POST", "/kfp/", Fault.LoseAnswer);
        var first = await new KfpClient(channels).UploadAsync(Repository, Pipeline, [], null, Cancel);
        Assert.Equal(first, await new KfpClient(channels).UploadAsync(Repository, Pipeline, [], null, Cancel));
        Assert.Single(server.Templates);
    }

    [Fact]
    public async Task Packages_versions_and_tags_are_listed_over_all_pages()
    {
        await using var server = await TestArtifactRegistry.StartAsync();
        using var channels = server.Channels();
        var client = new KfpClient(channels);
        foreach (var number in Enumerable.Range(0, 7))
        {
            await client.UploadAsync(Repository, Encoding.UTF8.GetBytes($"pipeline {number}"), [$"v{number}"], null, Cancel);
            server.Templates[$"other-{number}/{Digest.Of("x")}"] = [];
        }

        Assert.Equal(8, await client.PackagesAsync(Repository, Cancel).CountAsync(Cancel));
        Assert.Equal(7, await client.VersionsAsync(Repository, "training", Cancel).Distinct().CountAsync(Cancel));
        var tags = await client.TagsAsync(Repository, "training", Cancel).ToListAsync(Cancel);
        Assert.Equal(Enumerable.Range(0, 7).Select(number => $"v{number}"), tags.Select(tag => tag.Tag));

        await client.SetTagAsync(tags[0].Template, "v6", Cancel);
        Assert.Equal(tags[0].Template, await client.ResolveTagAsync(Repository, "training", "v6", Cancel));
    }

    [Fact]
    public async Task A_download_with_wrong_bytes_is_refused()
    {
        await using var server = await TestArtifactRegistry.StartAsync();
        using var channels = server.Channels();
        var uploaded = await new KfpClient(channels).UploadAsync(Repository, Pipeline, [], null, Cancel);
        server.Http.Next("GET", "/kfp/", Fault.Corrupt);
        Assert.Equal(StatusCode.DataLoss, (await Assert.ThrowsAsync<CloudException>(() => new KfpClient(channels).DownloadAsync(uploaded, Cancel))).Status);
    }

    [Theory]
    [InlineData("training")]
    [InlineData("training/latest")]
    [InlineData("training/sha256:0000000000000000000000000000000000000000000000000000000000000000")]
    public async Task A_store_that_says_it_stored_something_else_is_not_believed(string answer)
    {
        await using var server = await TestArtifactRegistry.StartAsync();
        using var channels = server.Channels();
        server.Http.Next("POST", "/kfp/", Fault.Answer(200, answer, "text/plain"));
        var error = await Assert.ThrowsAsync<CloudException>(() => new KfpClient(channels).UploadAsync(Repository, Pipeline, [], null, Cancel));
        Assert.Contains($"stored the pipeline as '{answer}', where PACKAGE/{Digest.Of(Pipeline)} was expected", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_refusal_names_the_host_and_says_what_to_do()
    {
        await using var server = await TestArtifactRegistry.StartAsync();
        using var channels = server.Channels();
        server.Http.Next("POST", "/kfp/", Fault.Answer(403, "caller may not", "text/plain"));
        var error = await Assert.ThrowsAsync<CloudException>(() => new KfpClient(channels).UploadAsync(Repository, Pipeline, [], null, Cancel));
        Assert.Equal($"us-central1-kfp.pkg.dev (at {server.Http.Host}) could not take a pipeline at {Repository}: 403 Forbidden: caller may not{Environment.NewLine}The account lacks a role there: roles/artifactregistry.reader to read, roles/artifactregistry.writer to upload.", error.Message);
    }

    [Theory]
    [InlineData("https://us-central1-kfp.pkg.dev/p/r")]
    [InlineData("https://us-central1-kfp.pkg.dev/p/r/")]
    public void A_repository_is_read_with_and_without_a_slash(string text) => Assert.Equal("https://us-central1-kfp.pkg.dev/p/r", KfpRepository.Parse(text).ToString());

    [Theory]
    [InlineData("")]
    [InlineData("https://us-central1-kfp.pkg.dev/p")]
    [InlineData("https://us-central1-kfp.pkg.dev/p/r/x")]
    [InlineData("http://us-central1-kfp.pkg.dev/p/r")]
    [InlineData("https://-kfp.pkg.dev/p/r")]
    [InlineData("https://us-central1-docker.pkg.dev/p/r")]
    public void What_is_no_repository_is_refused(string text) => Assert.Throws<FormatException>(() => KfpRepository.Parse(text));

    [Fact]
    public void An_uploaded_pipelines_address_is_read_back()
    {
        var template = new UploadedTemplate(Repository, "training", Digest.Of("x"));
        Assert.Equal(template, UploadedTemplate.Parse(template.ToString()));
        Assert.Throws<FormatException>(() => UploadedTemplate.Parse($"{Repository}/training/latest"));
        Assert.Throws<FormatException>(() => UploadedTemplate.Parse($"{Repository}/{Digest.Of("x")}"));
    }
}

using System.Text;
using Google.Cloud.ArtifactRegistry.V1;
using Grpc.Core;
using Microsoft.AspNetCore.Http;
using MlOps.Core.Images;
using MlOps.Google.Registry;
using MlOps.LocalCloud.ArtifactRegistry;
using MlOps.LocalCloud.Hosting;

namespace MlOps.LocalCloud.Kfp;

/// <summary>
/// The protocol of KFP template repositories, <c>https://LOC-kfp.pkg.dev/P/R</c>, served at <c>/kfp/LOC/P/R</c>: POST uploads,
/// GET <c>PACKAGE/VERSION</c> or <c>PACKAGE/TAG</c> downloads. The rest is Artifact Registry's API.
/// </summary>
internal sealed class KfpApi(RepositoryStore repositories, VersionStore versions)
{
    public const string Upload = "/kfp/{location}/{project}/{repository}", Download = Upload + "/{package}/{version}";
    private const string MediaType = "application/vnd.google.kfp.pipeline";
    private const int Largest = 16 * 1024 * 1024;

    public Task UploadAsync(HttpContext context) => AnswerAsync(context, async repository =>
    {
        Existing(repositories.ForWriting(repository, Repository.Types.Format.Kfp), repository);
        var (content, tags) = await ReadAsync(context);
        var name = PipelineName.Of(Encoding.UTF8.GetString(content));
        var package = new PackageName(repository, name);
        var digest = Digest.Of(content).ToString();
        var now = versions.Now;
        var description = context.Request.Headers["description"].ToString();
        versions.Put(new(package, digest, MediaType, null, null, description, content.Length, null, now, now, "{}"), content, tags);
        context.Response.ContentType = "text/plain; charset=utf-8";
        await context.Response.WriteAsync($"{name}/{digest}", context.RequestAborted);
    });

    public Task DownloadAsync(HttpContext context) => AnswerAsync(context, async repository =>
    {
        Existing(repositories.Find(repository), repository);
        var package = new PackageName(repository, Uri.UnescapeDataString(Route(context, "package")));
        var reference = Route(context, "version");
        var version = reference.StartsWith("sha256:", StringComparison.Ordinal) ? reference : versions.FindTag(package, reference)?.Version;
        var content = (version is null ? null : versions.Content(package, version)) ?? throw Rpc.NotFound($"\"{package}\" has no version or tag \"{reference}\"");
        context.Response.ContentType = "application/octet-stream";
        context.Response.ContentLength = content.Content.Length;
        await context.Response.Body.WriteAsync(content.Content, context.RequestAborted);
    });

    private static async Task<(byte[] Content, string[] Tags)> ReadAsync(HttpContext context)
    {
        if (!context.Request.HasFormContentType)
        {
            throw Rpc.Invalid("An upload is a form (multipart/form-data) with the pipeline as file 'content', and 'tags' if there are any.");
        }

        var form = await context.Request.ReadFormAsync(context.RequestAborted);
        var file = form.Files["content"] ?? throw Rpc.Invalid("The form has no file 'content'.");
        if (file.Length > Largest)
        {
            throw Rpc.Invalid($"The pipeline has {file.Length} bytes; {Largest} are allowed.");
        }

        using var content = new MemoryStream();
        await file.CopyToAsync(content, context.RequestAborted);
        var tags = form["tags"].ToString().Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        var wrong = Array.Find(tags, tag => !ArtifactRegistryService.TagId().IsMatch(tag));
        return wrong is null
            ? (content.ToArray(), tags)
            : throw Rpc.Invalid($"'{wrong}' is not a tag: expected up to 128 letters, digits, '_', '-' and '.', not '-' or '.' first.");
    }

    private static void Existing(Repository? repository, RepositoryName name)
    {
        if (repository is null)
        {
            throw Rpc.NotFound($"Repository \"{name}\" not found");
        }

        if (repository.Format != Repository.Types.Format.Kfp)
        {
            throw Rpc.Invalid($"Repository \"{name}\" is not of format KFP.");
        }
    }

    private static async Task AnswerAsync(HttpContext context, Func<RepositoryName, Task> answerAsync)
    {
        try
        {
            await answerAsync(new RepositoryName(Route(context, "project"), Route(context, "location"), Route(context, "repository")));
        }
        catch (RpcException refused)
        {
            await GoogleError.WriteAsync(context, refused.StatusCode, refused.Status.Detail);
        }
    }

    private static string Route(HttpContext context, string name) => context.Request.RouteValues[name]!.ToString()!;
}

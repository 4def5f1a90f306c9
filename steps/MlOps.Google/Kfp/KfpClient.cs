using System.Net;
using System.Net.Http.Headers;
using System.Text;
using Grpc.Core;
using MlOps.Core.Images;
using MlOps.Google.Errors;
using MlOps.Google.Grpc;
using MlOps.Google.Http;
using MlOps.Google.Registry;

namespace MlOps.Google.Kfp;

/// <summary>Pipeline templates in Artifact Registry: up and down over the KFP host, as the KFP SDK's registry client does; tags over Artifact Registry's API.</summary>
public sealed class KfpClient
{
    /// <summary>Pipelines above 16 MiB are refused.</summary>
    public const long LargestPipeline = 16 * 1024 * 1024;

    private readonly GcpEndpoint _endpoint;
    private readonly HttpTransport _http;
    private readonly ArtifactRegistryClient _registry;

    /// <param name="channels">To Artifact Registry; their endpoint and retry policy serve for up- and downloads too.</param>
    public KfpClient(GrpcChannels channels)
        : this(channels, new HttpTransport(channels.Policy))
    {
    }

    internal KfpClient(GrpcChannels channels, HttpTransport http) =>
        (_endpoint, _http, _registry) = (channels.Endpoint, http, new ArtifactRegistryClient(channels));

    /// <summary>Uploads a compiled pipeline and reads it back: what is stored has the very bytes. The same bytes uploaded twice are one version.</summary>
    /// <param name="repository">Where to.</param>
    /// <param name="pipeline">The pipeline as JSON or YAML.</param>
    /// <param name="tags">Moved to this version.</param>
    /// <param name="description">For people; null for none.</param>
    /// <param name="cancel">Ends the upload.</param>
    /// <exception cref="CloudException">It was refused, or what was stored differs.</exception>
    public async Task<UploadedTemplate> UploadAsync(KfpRepository repository, ReadOnlyMemory<byte> pipeline, IReadOnlyList<string> tags, string? description, CancellationToken cancel)
    {
        var host = Host(repository);
        var token = await _endpoint.Credential.GetAsync(cancel);
        using var response = await _http.SendAsync(host, () => Upload(_endpoint.Kfp(repository.Uri), pipeline, tags, description, token), LargestPipeline, cancel);
        var answer = await TextAsync(response, host, $"take a pipeline at {repository}", cancel);
        var expected = Digest.Of(pipeline.Span);
        var slash = answer.IndexOf('/', StringComparison.Ordinal);
        if (slash <= 0 || !Digest.TryParse(answer[(slash + 1)..], out var version) || version != expected)
        {
            throw new CloudException(StatusCode.DataLoss, host.Name, $"{host} stored the pipeline as '{Secrets.Removed(answer)}', where PACKAGE/{expected} was expected. Check that {repository} is a repository of format KFP.");
        }

        var template = new UploadedTemplate(repository, answer[..slash], version);
        await DownloadAsync(template, cancel);
        return template;
    }

    /// <summary>The bytes of an uploaded pipeline, checked against its version.</summary>
    /// <exception cref="CloudException">There is none, or its bytes are not what the version says.</exception>
    public async Task<byte[]> DownloadAsync(UploadedTemplate template, CancellationToken cancel)
    {
        var host = Host(template.Repository);
        var token = await _endpoint.Credential.GetAsync(cancel);
        var address = new Uri($"{_endpoint.Kfp(template.Repository.Uri).AbsoluteUri.TrimEnd('/')}/{Uri.EscapeDataString(template.Package)}/{template.Version}");
        using var response = await _http.SendAsync(host, () => Authorized(new HttpRequestMessage(HttpMethod.Get, address), token), LargestPipeline, cancel);
        if (!response.IsSuccessStatusCode)
        {
            throw await FailureAsync(response, host, $"give {template}", cancel);
        }

        var bytes = await response.Content.ReadAsByteArrayAsync(cancel);
        return Digest.Of(bytes) is var actual && actual == template.Version
            ? bytes
            : throw new CloudException(StatusCode.DataLoss, host.Name, $"{host}: the {bytes.Length} bytes that it gave for {template} have the digest {actual}. They were not used; upload the pipeline again.");
    }

    /// <summary>The version that a tag names; null where there is no such tag.</summary>
    public async Task<UploadedTemplate?> ResolveTagAsync(KfpRepository repository, string package, string tag, CancellationToken cancel)
    {
        var found = await _registry.GetTagAsync(repository.Name, package, tag, cancel);
        return found is not null && Version(found.Version) is { } version ? new UploadedTemplate(repository, package, version) : null;
    }

    /// <summary>Makes a tag name a version, moving it where it exists.</summary>
    public Task SetTagAsync(UploadedTemplate template, string tag, CancellationToken cancel) =>
        _registry.SetTagAsync(template.Repository.Name, template.Package, tag, template.Version.ToString(), cancel);

    /// <summary>Names of the packages (pipelines) in a repository.</summary>
    public IAsyncEnumerable<string> PackagesAsync(KfpRepository repository, CancellationToken cancel) =>
        _registry.PackagesAsync(repository.Name, cancel).Select(package => LastPart(package.Name));

    /// <summary>All versions of a package.</summary>
    public IAsyncEnumerable<UploadedTemplate> VersionsAsync(KfpRepository repository, string package, CancellationToken cancel) =>
        _registry.VersionsAsync(repository.Name, package, cancel)
            .Select(version => Version(version.Name))
            .Where(version => version is not null)
            .Select(version => new UploadedTemplate(repository, package, version!.Value));

    /// <summary>The version that was uploaded last; null where there is none, or no such package or repository.</summary>
    public async Task<UploadedTemplate?> NewestAsync(KfpRepository repository, string package, CancellationToken cancel)
    {
        try
        {
            var newest = await _registry.VersionsAsync(repository.Name, package, cancel)
                .Where(version => Version(version.Name) is not null)
                .OrderByDescending(version => version.CreateTime?.ToDateTimeOffset() ?? default)
                .FirstOrDefaultAsync(cancel);
            return newest is null ? null : new UploadedTemplate(repository, package, Version(newest.Name)!.Value);
        }
        catch (CloudException error) when (error.Status == StatusCode.NotFound)
        {
            return null;
        }
    }

    /// <summary>All tags of a package, with the version that each names.</summary>
    public IAsyncEnumerable<(string Tag, UploadedTemplate Template)> TagsAsync(KfpRepository repository, string package, CancellationToken cancel) =>
        _registry.TagsAsync(repository.Name, package, cancel)
            .Select(tag => (Name: LastPart(tag.Name), Version: Version(tag.Version)))
            .Where(tag => tag.Version is not null)
            .Select(tag => (tag.Name, new UploadedTemplate(repository, package, tag.Version!.Value)));

    private static string LastPart(string name) => Uri.UnescapeDataString(name[(name.LastIndexOf('/') + 1)..]);

    private static Digest? Version(string name) => Digest.TryParse(LastPart(name), out var digest) ? digest : null;

    private ServiceHost Host(KfpRepository repository) => new(repository.Uri.Host, new Uri(_endpoint.Kfp(repository.Uri).GetLeftPart(UriPartial.Authority)));

    private static HttpRequestMessage Upload(Uri address, ReadOnlyMemory<byte> pipeline, IReadOnlyList<string> tags, string? description, string? token)
    {
        var form = Multipart.Of("form-data");
        if (tags.Count > 0)
        {
            form.Add(Part(new ByteArrayContent(Encoding.UTF8.GetBytes(string.Join(',', tags))), "form-data; name=\"tags\""));
        }

        form.Add(Part(new ReadOnlyMemoryContent(pipeline), "form-data; name=\"content\"; filename=\"pipeline.json\""));
        var request = Authorized(new HttpRequestMessage(HttpMethod.Post, address) { Content = form }, token);
        if (!string.IsNullOrEmpty(description))
        {
            request.Headers.TryAddWithoutValidation("description", OneAsciiLine(description));
        }

        return request;
    }

    /// <summary>As the KFP SDK writes it: quoted names, no content type.</summary>
    private static HttpContent Part(HttpContent content, string disposition)
    {
        content.Headers.TryAddWithoutValidation("Content-Disposition", disposition);
        return content;
    }

    private static HttpRequestMessage Authorized(HttpRequestMessage request, string? token)
    {
        request.Headers.Authorization = token is null ? null : new AuthenticationHeaderValue("Bearer", token);
        return request;
    }

    /// <summary>It travels in a header, which holds no other characters.</summary>
    private static string OneAsciiLine(string text)
    {
        var line = new StringBuilder(text.Length);
        foreach (var letter in text)
        {
            line.Append(letter is >= ' ' and <= '~' ? letter : letter is '\n' or '\r' or '\t' ? ' ' : '?');
        }

        return line.ToString().Trim();
    }

    private static async Task<string> TextAsync(HttpResponseMessage response, ServiceHost host, string what, CancellationToken cancel) => response.IsSuccessStatusCode
        ? (await response.Content.ReadAsStringAsync(cancel)).Trim()
        : throw await FailureAsync(response, host, what, cancel);

    private static async Task<CloudException> FailureAsync(HttpResponseMessage response, ServiceHost host, string what, CancellationToken cancel)
    {
        var said = Secrets.Removed((await response.Content.ReadAsStringAsync(cancel)).Trim(), response.RequestMessage);
        var attempt = HttpTransport.Attempt(response);
        var remedy = response.StatusCode switch
        {
            HttpStatusCode.Unauthorized => $"{Environment.NewLine}Log in with 'gcloud auth application-default login', or set GOOGLE_APPLICATION_CREDENTIALS.",
            HttpStatusCode.Forbidden => $"{Environment.NewLine}The account lacks a role there: roles/artifactregistry.reader to read, roles/artifactregistry.writer to upload.",
            HttpStatusCode.NotFound => $"{Environment.NewLine}Check the names; the repository must exist, with format KFP.",
            _ => "",
        };
        return new CloudException(CanonicalStatus.Of(response.StatusCode), host.Name, $"{host} could not {what}{(attempt > 1 ? $" after {attempt} attempts" : "")}: {(int)response.StatusCode} {response.ReasonPhrase}{(said.Length == 0 ? "" : $": {(said.Length > 500 ? said[..500] + "…" : said)}")}{remedy}");
    }
}

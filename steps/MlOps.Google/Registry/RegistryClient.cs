using System.Net;
using System.Net.Http.Headers;
using MlOps.Core.Images;
using MlOps.Google.Http;
using MlOps.Google.Retry;

namespace MlOps.Google.Registry;

/// <summary>
/// OCI registries (OCI distribution specification 1.1). Images are named with Google's names everywhere;
/// only the endpoint knows where they are served. Everything that is read is checked against its digest.
/// This part: ping and manifests.
/// </summary>
public sealed partial class RegistryClient
{
    /// <summary>Manifests above 4 MiB are refused, as registries do (OCI distribution specification, "Pushing Manifests").</summary>
    public const long LargestManifest = 4 * 1024 * 1024;

    private readonly GcpEndpoint _endpoint;
    private readonly RegistryTransport _transport;

    /// <param name="endpoint">Where Google's registries are served.</param>
    /// <param name="credentials">Who we are; by default <see cref="RegistryCredentials.For(GcpEndpoint)"/>.</param>
    /// <param name="retry">By default <see cref="RetryPolicy.Default"/>.</param>
    public RegistryClient(GcpEndpoint endpoint, RegistryCredentials? credentials = null, RetryPolicy? retry = null)
        : this(endpoint, credentials ?? RegistryCredentials.For(endpoint), new HttpTransport(retry ?? RetryPolicy.Default))
    {
    }

    internal RegistryClient(GcpEndpoint endpoint, RegistryCredentials credentials, HttpTransport http) =>
        (_endpoint, _transport) = (endpoint, new RegistryTransport(http, credentials));

    /// <summary>Asks whether a registry is there and takes our credential.</summary>
    /// <exception cref="RegistryException">It refuses.</exception>
    public async Task PingAsync(string host, CancellationToken cancel)
    {
        var registry = Host(host, "x", out _);
        using var response = await _transport.SendAsync(new RegistryCall(registry, HttpMethod.Get, new Uri(registry.Base, "/v2/")), cancel);
        await ExpectAsync(response, registry, "be asked for its version", cancel, HttpStatusCode.OK);
    }

    /// <summary>Digest, media type and size of a manifest, by tag or digest; null where there is none.</summary>
    public async Task<ManifestHead?> HeadManifestAsync(ImageReference image, CancellationToken cancel)
    {
        var call = Call(image, HttpMethod.Head, $"manifests/{Reference(image)}", "pull") with { Accept = MediaTypes.Manifests };
        using var response = await _transport.SendAsync(call, cancel);
        if (response.StatusCode == HttpStatusCode.NotFound)
        {
            return null;
        }

        await ExpectAsync(response, call.Host, $"tell about {image}", cancel, HttpStatusCode.OK);
        if (Header(response, "Docker-Content-Digest") is { } text && Digest.TryParse(text, out var digest))
        {
            return image.Digest is { } asked && asked != digest
                ? throw WrongDigest(call.Host, image.ToString(), digest)
                : new ManifestHead(digest, response.Content.Headers.ContentType?.MediaType ?? "", response.Content.Headers.ContentLength);
        }

        // Registries may leave the header out; the bytes then tell.
        var manifest = await GetManifestAsync(image, cancel);
        return new ManifestHead(manifest.Digest, manifest.MediaType, manifest.Content.Length);
    }

    /// <summary>The bytes of a manifest, by tag or digest, checked against the digest that was asked for or announced.</summary>
    /// <exception cref="RegistryException">There is none (<c>Http</c> 404), or it is not what it should be.</exception>
    public async Task<Manifest> GetManifestAsync(ImageReference image, CancellationToken cancel)
    {
        var call = Call(image, HttpMethod.Get, $"manifests/{Reference(image)}", "pull") with { Accept = MediaTypes.Manifests, Buffer = LargestManifest };
        using var response = await _transport.SendAsync(call, cancel);
        await ExpectAsync(response, call.Host, $"give the manifest of {image}", cancel, HttpStatusCode.OK);
        var manifest = new Manifest(response.Content.Headers.ContentType?.MediaType ?? "", await response.Content.ReadAsByteArrayAsync(cancel));
        Digest? announced = Digest.TryParse(Header(response, "Docker-Content-Digest"), out var digest) ? digest : null;
        return (image.Digest ?? announced ?? manifest.Digest) == manifest.Digest ? manifest : throw WrongDigest(call.Host, image.ToString(), manifest.Digest);
    }

    /// <summary>Writes a manifest at a tag, or at its digest where the reference is pinned or bare. What it refers to must be there already.</summary>
    /// <remarks>A manifest with a subject is listed among the subject's referrers, through a tag where the registry does not do it itself.</remarks>
    public async Task<Digest> PutManifestAsync(ImageReference image, Manifest manifest, CancellationToken cancel)
    {
        if (image is { Digest: null, Tag: { } given } && !IsTag(given))
        {
            throw new ArgumentException($"'{given}' is not a tag: expected a letter, digit or '_', then at most 127 letters, digits, '_', '.', '-'.", nameof(image));
        }

        if (image.Digest is { } pinned && pinned != manifest.Digest)
        {
            throw new ArgumentException($"The manifest's digest is {manifest.Digest}, not that of {image}.", nameof(manifest));
        }

        var call = Call(image, HttpMethod.Put, $"manifests/{(image.Digest is null && image.Tag is { } tag ? tag : manifest.Digest)}", "pull,push") with
        {
            Content = () => new ReadOnlyMemoryContent(manifest.Content) { Headers = { ContentType = new MediaTypeHeaderValue(manifest.MediaType) } },
        };
        using var response = await _transport.SendAsync(call, cancel);
        await ExpectAsync(response, call.Host, $"take the manifest of {image}", cancel, HttpStatusCode.Created, HttpStatusCode.OK, HttpStatusCode.Accepted);
        if (Digest.TryParse(Header(response, "Docker-Content-Digest"), out var digest) && digest != manifest.Digest)
        {
            throw WrongDigest(call.Host, image.ToString(), digest);
        }

        await ListAsReferrerAsync(image, manifest, Header(response, "OCI-Subject"), cancel);
        return manifest.Digest;
    }

    /// <summary>Adds a tag to what a digest names, by writing the same bytes again.</summary>
    public async Task<Digest> TagAsync(ImageReference pinned, string tag, CancellationToken cancel)
    {
        var manifest = await GetManifestAsync(pinned, cancel);
        return await PutManifestAsync(pinned.WithTag(tag), manifest, cancel);
    }

    /// <summary>Removes a manifest by digest, or a tag where the registry can; false where there was none.</summary>
    public async Task<bool> DeleteManifestAsync(ImageReference image, CancellationToken cancel)
    {
        var call = Call(image, HttpMethod.Delete, $"manifests/{Reference(image)}", "delete");
        using var response = await _transport.SendAsync(call, cancel);
        if (response.StatusCode == HttpStatusCode.NotFound)
        {
            return false;
        }

        await ExpectAsync(response, call.Host, $"remove {image}", cancel, HttpStatusCode.Accepted, HttpStatusCode.OK, HttpStatusCode.NoContent);
        return true;
    }

    /// <summary>OCI distribution specification, "Pulling manifests": <c>[a-zA-Z0-9_][a-zA-Z0-9._-]{0,127}</c>.</summary>
    private static bool IsTag(string text) =>
        text.Length is > 0 and <= 128 && text[0] is not ('.' or '-') && text.All(letter => char.IsAsciiLetterOrDigit(letter) || letter is '_' or '.' or '-');

    private static string Reference(ImageReference image) => image.Digest?.ToString() ?? image.Tag ?? "latest";

    private ServiceHost Host(string host, string path, out string repository)
    {
        var name = host is "" or "docker.io" or "index.docker.io" ? "registry-1.docker.io" : host;
        var (address, served) = _endpoint.Registry(name, name == "registry-1.docker.io" && !path.Contains('/', StringComparison.Ordinal) ? $"library/{path}" : path);
        repository = served;
        return new ServiceHost(name, address);
    }

    private RegistryCall Call(ImageReference image, HttpMethod method, string rest, string actions)
    {
        var host = Host(image.Host, image.Path, out var repository);
        return new RegistryCall(host, method, new Uri(host.Base, $"/v2/{repository}/{rest}"), $"repository:{repository}:{actions}");
    }

    private static string? Header(HttpResponseMessage response, string name) => response.Headers.TryGetValues(name, out var values) ? values.First() : null;

    private static async Task ExpectAsync(HttpResponseMessage response, ServiceHost host, string what, CancellationToken cancel, params HttpStatusCode[] expected)
    {
        if (!expected.Contains(response.StatusCode))
        {
            throw await RegistryException.OfAsync(response, host, what, cancel);
        }
    }

    private static RegistryException WrongDigest(ServiceHost host, string what, Digest actual) =>
        RegistryException.Wrong(host, "DIGEST_INVALID", $"what it gave for {what} has the digest {actual}. It was not used; the registry, or something on the way to it, is broken.");
}

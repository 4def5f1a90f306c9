using System.Net;
using System.Runtime.CompilerServices;
using System.Text.Json;
using MlOps.Core.Images;

namespace MlOps.Google.Registry;

/// <content>Lists: tags, and referrers (statements about a manifest).</content>
public sealed partial class RegistryClient
{
    private const int PageSize = 1000;

    /// <summary>The list in a tag is read, added to and written: one at a time, of this client at least.</summary>
    private readonly SemaphoreSlim _listing = new(1);

    /// <summary>All tags of a repository, every page; none where the registry does not know the repository.</summary>
    public async IAsyncEnumerable<string> TagsAsync(ImageReference repository, [EnumeratorCancellation] CancellationToken cancel)
    {
        var first = Call(repository, HttpMethod.Get, $"tags/list?n={PageSize}", "pull") with { Buffer = LargestManifest };
        for (var call = first; call is not null;)
        {
            using var response = await _transport.SendAsync(call, cancel);
            if (response.StatusCode == HttpStatusCode.NotFound && call == first)
            {
                yield break;
            }

            await ExpectAsync(response, call.Host, $"list the tags of {repository.Name}", cancel, HttpStatusCode.OK);
            foreach (var tag in Json(await response.Content.ReadAsByteArrayAsync(cancel), RegistryJson.Default.TagList, call)?.Tags ?? [])
            {
                yield return tag;
            }

            call = await NextPageAsync(call, response, cancel);
        }
    }

    /// <summary>What refers to a manifest: from the referrers API, or the tag <c>sha256-HEX</c> where the registry has none.</summary>
    public async Task<IReadOnlyList<Descriptor>> ReferrersAsync(ImageReference subject, string? artifactType, CancellationToken cancel)
    {
        var digest = subject.Digest ?? throw new ArgumentException("Referrers are listed by digest.", nameof(subject));
        var filter = artifactType is null ? "" : $"?artifactType={Uri.EscapeDataString(artifactType)}";
        var found = new List<Descriptor>();
        for (var call = Call(subject, HttpMethod.Get, $"referrers/{digest}{filter}", "pull") with { Buffer = LargestManifest, Accept = [MediaTypes.OciIndex] }; call is not null;)
        {
            using var response = await _transport.SendAsync(call, cancel);
            if (response.StatusCode is HttpStatusCode.NotFound or HttpStatusCode.MethodNotAllowed)
            {
                found.AddRange((await TaggedReferrersAsync(subject, digest, cancel))?.Manifests ?? []);
                break;
            }

            await ExpectAsync(response, call.Host, $"list what refers to {subject}", cancel, HttpStatusCode.OK);
            found.AddRange(Json(await response.Content.ReadAsByteArrayAsync(cancel), RegistryJson.Default.ManifestDocument, call)?.Manifests ?? []);
            call = await NextPageAsync(call, response, cancel);
        }

        return artifactType is null ? found : [.. found.Where(one => one.ArtifactType == artifactType)];
    }

    /// <summary>Registries that know referrers answer a manifest with a subject by <c>OCI-Subject</c>; for the others the client keeps the list.</summary>
    private async Task ListAsReferrerAsync(ImageReference image, Manifest manifest, string? understood, CancellationToken cancel)
    {
        if (understood is not null || manifest.Content.Span.IndexOf("\"subject\""u8) < 0 || manifest.Parse() is not { Subject: { } subject } document)
        {
            return;
        }

        var entry = new Descriptor(manifest.MediaType, manifest.Digest, manifest.Content.Length)
        {
            ArtifactType = document.ArtifactType ?? document.Config?.MediaType,
            Annotations = document.Annotations,
        };
        await _listing.WaitAsync(cancel);
        try
        {
            await ListAsync(image, subject.Digest, entry, cancel);
        }
        finally
        {
            _listing.Release();
        }
    }

    private async Task ListAsync(ImageReference image, Digest subject, Descriptor entry, CancellationToken cancel)
    {
        var index = await TaggedReferrersAsync(image, subject, cancel) ?? new ManifestDocument();
        var listed = index.Manifests ?? [];
        if (!listed.Any(one => one.Digest == entry.Digest))
        {
            await PutManifestAsync(image.WithTag(ReferrersTag(subject)), (index with { Manifests = [.. listed, entry] }).Written(MediaTypes.OciIndex), cancel);
        }
    }

    private async Task<ManifestDocument?> TaggedReferrersAsync(ImageReference repository, Digest subject, CancellationToken cancel)
    {
        var tag = repository.WithTag(ReferrersTag(subject));
        return await HeadManifestAsync(tag, cancel) is { } head && MediaTypes.IsIndex(head.MediaType) ? (await GetManifestAsync(tag, cancel)).Parse() : null;
    }

    private static string ReferrersTag(Digest subject) => $"sha256-{subject.Hex}";

    private async Task<RegistryCall?> NextPageAsync(RegistryCall call, HttpResponseMessage response, CancellationToken cancel)
    {
        var link = Header(response, "Link");
        var (open, close) = (link?.IndexOf('<', StringComparison.Ordinal) ?? -1, link?.IndexOf('>', StringComparison.Ordinal) ?? -1);
        if (link is null || open < 0 || close < open || !link[close..].Contains("next", StringComparison.Ordinal))
        {
            return null;
        }

        var next = new Uri(call.Address, link[(open + 1)..close]);
        await Http.Destination.CheckAsync(call.Host, next, "a next page", _transport.Http.Resolve, cancel);
        return next == call.Address ? null : call with { Address = next };
    }

    private static T? Json<T>(byte[] body, System.Text.Json.Serialization.Metadata.JsonTypeInfo<T> type, RegistryCall call)
    {
        try
        {
            return JsonSerializer.Deserialize(body, type);
        }
        catch (JsonException)
        {
            throw RegistryException.Wrong(call.Host, "", $"what it answered at {call.Address.AbsolutePath} is not what a registry answers. Check that this is a registry.");
        }
    }
}

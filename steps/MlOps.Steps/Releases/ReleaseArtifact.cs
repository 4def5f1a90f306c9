using System.Collections.Immutable;
using MlOps.Core.Images;
using MlOps.Core.Problems;
using MlOps.Google.Registry;
using MlOps.Steps.Build;

namespace MlOps.Steps.Releases;

/// <summary>
/// A release as an OCI artifact in an environment's registry, beside the images that it holds (OCI image specification 1.1, "Guidelines for
/// artifact usage"). Its one layer is the release's canonical JSON, so that the layer's digest is the release's id. Each image has it as a
/// referrer, and each statement about the release is a referrer of it: whoever has an image finds what is known of it by OCI's own calls.
/// </summary>
public static class ReleaseArtifact
{
    public const string ArtifactType = "application/vnd.mlops.release.v1+json";
    public const string StatementType = "application/vnd.mlops.statement.v1+json";

    private static readonly byte[] Empty = "{}"u8.ToArray();

    /// <summary><c>IMAGES/mlops/releases/REPO</c>; a release's tag there is its id's hexadecimal digits.</summary>
    public static ImageReference RepositoryOf(EnvironmentPlace place, string repo)
    {
        var name = new string([.. repo.ToLowerInvariant().Select(letter => char.IsAsciiLetterOrDigit(letter) || letter is '-' or '.' or '_' ? letter : '-')]).Trim('-', '.', '_');
        return ImageReference.Parse($"{place.Environment.Images.TrimEnd('/')}/mlops/releases/{(name.Length == 0 ? "repo" : name)}");
    }

    /// <summary>Writes what is not there yet; written twice it is the same.</summary>
    /// <exception cref="StepFailedException">The environment's registry lacks one of the release's images.</exception>
    public static async Task PublishAsync(EnvironmentPlace place, ReleaseRecord release, CancellationToken cancel)
    {
        var registry = new RegistryClient(place.Endpoint);
        var repository = RepositoryOf(place, release.Repo);
        var manifest = Of(release, subject: null);
        // The artifact comes after what leads to it from the images: where it is, they are.
        if (await registry.HeadManifestAsync(repository.Pinned(manifest.Digest), cancel) is null)
        {
            await Task.WhenAll(release.Components.Select(component => ReferToAsync(registry, place, component.Key, component.Value, release, cancel)));
            await WriteAsync(registry, repository.WithTag(release.Id.Hex), manifest, release.Identity.Content, cancel);
        }

        var subject = new Descriptor(manifest.MediaType, manifest.Digest, manifest.Content.Length);
        var known = (await registry.ReferrersAsync(repository.Pinned(manifest.Digest), StatementType, cancel)).Select(one => one.Digest).ToHashSet();
        await Task.WhenAll(release.Evidence.Select(evidence =>
        {
            var content = Evidence.Content(evidence.Statement);
            var statement = Artifact(StatementType, content, subject, []);
            return known.Contains(statement.Digest) ? Task.CompletedTask : WriteAsync(registry, repository.Pinned(statement.Digest), statement, content, cancel);
        }));
    }

    /// <summary>The ids of the releases that hold an image, as the registry knows them.</summary>
    /// <param name="image">Pinned.</param>
    public static async Task<ImmutableArray<Digest>> HoldingAsync(EnvironmentPlace place, ImageReference image, CancellationToken cancel)
    {
        var registry = new RegistryClient(place.Endpoint);
        var ids = ImmutableArray.CreateBuilder<Digest>();
        foreach (var referrer in await registry.ReferrersAsync(image, ArtifactType, cancel))
        {
            ids.AddRange((await registry.GetManifestAsync(image.Pinned(referrer.Digest), cancel)).Parse().Layers?.Select(layer => layer.Digest) ?? []);
        }

        return ids.ToImmutable();
    }

    private static async Task ReferToAsync(RegistryClient registry, EnvironmentPlace place, string component, Digest digest, ReleaseRecord release, CancellationToken cancel)
    {
        var image = ComponentImage.Of(place.Environment, component).Pinned(digest);
        var head = await registry.HeadManifestAsync(image, cancel)
            ?? throw new StepFailedException($"The registry of {place.Name} lacks {image}, which is part of the release {release.Id.Short}: somebody removed it.");
        var size = head.Size ?? (await registry.GetManifestAsync(image, cancel)).Content.Length;
        var referrer = Of(release, new Descriptor(head.MediaType, digest, size));
        await WriteAsync(registry, image.Pinned(referrer.Digest), referrer, release.Identity.Content, cancel);
    }

    private static async Task WriteAsync(RegistryClient registry, ImageReference at, Manifest manifest, byte[] content, CancellationToken cancel)
    {
        await registry.UploadBlobAsync(at, BlobContent.Of(Empty), cancel);
        await registry.UploadBlobAsync(at, BlobContent.Of(content), cancel);
        await registry.PutManifestAsync(at, manifest, cancel);
    }

    private static Manifest Of(ReleaseRecord release, Descriptor? subject) => Artifact(ArtifactType, release.Identity.Content, subject, new Dictionary<string, string>(StringComparer.Ordinal)
    {
        ["org.opencontainers.image.revision"] = release.Commit,
        ["org.opencontainers.image.title"] = release.Repo,
    });

    /// <summary>The same bytes for the same content, whoever writes it.</summary>
    private static Manifest Artifact(string type, byte[] content, Descriptor? subject, Dictionary<string, string> annotations) => new ManifestDocument
    {
        ArtifactType = type,
        Config = new Descriptor(MediaTypes.OciEmpty, Digest.Of(Empty), Empty.Length),
        Layers = [new Descriptor(type, Digest.Of(content), content.Length)],
        Subject = subject,
        Annotations = annotations.Count == 0 ? null : annotations,
    }.Written(MediaTypes.OciManifest);
}

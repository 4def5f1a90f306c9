using System.Text.Json;
using MlOps.Core.Images;
using MlOps.Google.Registry;
using MlOps.LocalCloud.ArtifactRegistry;

namespace MlOps.LocalCloud.Registry;

/// <summary>What a manifest must be before it is taken; a looser registry would hide a client's faults.</summary>
internal static class ManifestChecks
{
    /// <exception cref="RegistryFault">It is not taken, and why.</exception>
    public static ManifestDocument Check(Manifest manifest, string reference)
    {
        if (reference.Contains(':', StringComparison.Ordinal))
        {
            CheckDigest(manifest, reference);
        }
        else if (!ArtifactRegistryService.TagId().IsMatch(reference))
        {
            throw new RegistryFault(400, "TAG_INVALID", $"'{reference}' is not a tag: expected up to 128 letters, digits, '_', '-' and '.', not '-' or '.' first.");
        }

        if (manifest.MediaType is not (MediaTypes.OciManifest or MediaTypes.OciIndex or MediaTypes.DockerManifest or MediaTypes.DockerList))
        {
            throw RegistryFault.Manifest($"The content type '{manifest.MediaType}' is none of {MediaTypes.OciManifest}, {MediaTypes.OciIndex}, {MediaTypes.DockerManifest}, {MediaTypes.DockerList}.");
        }

        return CheckDocument(manifest);
    }

    /// <summary>What it says that it is; without that, a statement about another manifest is what its config is.</summary>
    public static string? ArtifactType(ManifestDocument document) =>
        document.ArtifactType ?? (document.Subject is null ? null : document.Config?.MediaType);

    private static void CheckDigest(Manifest manifest, string reference)
    {
        if (!Digest.TryParse(reference, out var digest) || digest != manifest.Digest)
        {
            throw new RegistryFault(400, "DIGEST_INVALID", $"The manifest's digest is {manifest.Digest}, not {reference}.");
        }
    }

    private static ManifestDocument CheckDocument(Manifest manifest)
    {
        ManifestDocument document;
        try
        {
            document = manifest.Parse();
        }
        catch (JsonException e)
        {
            throw RegistryFault.Manifest($"The manifest is not one: {e.Message}");
        }

        if (document.SchemaVersion != 2)
        {
            throw RegistryFault.Manifest($"schemaVersion is {document.SchemaVersion}, not 2.");
        }

        if (document.MediaType is not null && document.MediaType != manifest.MediaType)
        {
            throw RegistryFault.Manifest($"The content type is '{manifest.MediaType}', but the manifest's mediaType is '{document.MediaType}'.");
        }

        var isComplete = manifest.IsIndex ? document is { Manifests: not null, Layers: null, Config: null } : document is { Config: not null, Layers: not null, Manifests: null };
        return isComplete ? document : throw RegistryFault.Manifest(manifest.IsIndex ? "An index has manifests, and no config or layers." : "An image manifest has a config and layers, and no manifests.");
    }
}

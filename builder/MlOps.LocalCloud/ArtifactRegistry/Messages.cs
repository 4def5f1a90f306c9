using System.Globalization;
using System.Text.Json;
using Google.Cloud.ArtifactRegistry.V1;
using Google.Protobuf.WellKnownTypes;
using MlOps.Google.Registry;
using V1Version = Google.Cloud.ArtifactRegistry.V1.Version;

namespace MlOps.LocalCloud.ArtifactRegistry;

/// <summary>Rows as Google's messages.</summary>
internal static class Messages
{
    public static DockerImage Image(StoredVersion version, IEnumerable<StoredTag> tags, Manifest manifest)
    {
        var image = new DockerImage
        {
            Name = ImageName(version),
            Uri = $"{RegistryPath.GoogleName(version.Package)}@{version.Id}",
            Tags = { tags.Select(tag => tag.Tag) },
            ImageSizeBytes = version.Size,
            UploadTime = Time(version.Created),
            UpdateTime = Time(version.Updated),
            MediaType = version.MediaType,
            ArtifactType = version.ArtifactType ?? "",
        };
        if (version.Built is { } built)
        {
            image.BuildTime = Time(built);
        }

        if (manifest.IsIndex)
        {
            image.ImageManifests.AddRange((manifest.Parse().Manifests ?? []).Select(Child));
        }

        return image;
    }

    public static Package Package(PackageName name, long created, long updated) =>
        new() { Name = name.ToString(), CreateTime = Time(created), UpdateTime = Time(updated) };

    public static V1Version Version(StoredVersion version, IEnumerable<StoredTag> tags, bool isImage)
    {
        var message = new V1Version
        {
            Name = $"{version.Package}/versions/{version.Id}",
            Description = version.Description,
            CreateTime = Time(version.Created),
            UpdateTime = Time(version.Updated),
            RelatedTags = { tags.Select(Tag) },
        };
        message.Annotations.Add(JsonSerializer.Deserialize<Dictionary<string, string>>(version.Annotations)!);
        if (isImage)
        {
            message.Metadata = new Struct
            {
                Fields =
                {
                    ["name"] = Value.ForString(ImageName(version)),
                    ["mediaType"] = Value.ForString(version.MediaType),
                    ["imageSizeBytes"] = Value.ForString(version.Size.ToString(CultureInfo.InvariantCulture)),
                },
            };
        }

        return message;
    }

    public static Tag Tag(StoredTag tag) => new() { Name = $"{tag.Package}/tags/{tag.Tag}", Version = $"{tag.Package}/versions/{tag.Version}" };

    private static string ImageName(StoredVersion version) => $"{version.Package.Repository}/dockerImages/{Uri.EscapeDataString(version.Package.Package)}@{version.Id}";

    private static ImageManifest Child(Descriptor child) => new()
    {
        Digest = child.Digest.ToString(),
        MediaType = child.MediaType,
        Architecture = child.Platform?.Architecture ?? "",
        Os = child.Platform?.Os ?? "",
        Variant = child.Platform?.Variant ?? "",
    };

    private static Timestamp Time(long milliseconds) => Timestamp.FromDateTimeOffset(DateTimeOffset.FromUnixTimeMilliseconds(milliseconds));
}

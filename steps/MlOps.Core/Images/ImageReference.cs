using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.RegularExpressions;

namespace MlOps.Core.Images;

/// <summary>
/// A container image's name: <c>[HOST/]PATH[:TAG][@sha256:HEX]</c>, as the distribution project's reference grammar has it.
/// <see cref="Host"/> is empty for names of Docker Hub (<c>busybox</c>, <c>library/busybox</c>).
/// </summary>
[JsonConverter(typeof(ImageReferenceJsonConverter))]
public sealed partial record ImageReference
{
    private ImageReference(string host, string path, string? tag, Digest? digest) => (Host, Path, Tag, Digest) = (host, path, tag, digest);

    /// <summary>Registry host with its port, such as <c>us-central1-docker.pkg.dev</c>; empty for Docker Hub.</summary>
    public string Host { get; }

    /// <summary>The repository's path on the host, such as <c>PROJECT/REPO/IMAGE</c>.</summary>
    public string Path { get; }

    public string? Tag { get; private init; }

    public Digest? Digest { get; private init; }

    /// <summary>The name alone: host and path.</summary>
    public string Name => Host.Length == 0 ? Path : $"{Host}/{Path}";

    public bool IsPinned => Digest is not null;

    public ImageReference WithTag(string? tag) => this with { Tag = tag, Digest = null };

    /// <summary>The same name pinned by digest; the tag, which no longer says anything, is dropped.</summary>
    public ImageReference Pinned(Digest digest) => this with { Tag = null, Digest = digest };

    public override string ToString() => Name + (Tag is null ? "" : ":" + Tag) + (Digest is null ? "" : "@" + Digest);

    /// <exception cref="FormatException">The text is not an image reference.</exception>
    public static ImageReference Parse(string text) => TryParse(text, out var reference)
        ? reference
        : throw new FormatException($"'{text}' is not an image reference: expected [HOST/]PATH[:TAG][@sha256:…], the path in lower case.");

    public static bool TryParse([NotNullWhen(true)] string? text, [NotNullWhen(true)] out ImageReference? reference)
    {
        reference = null;
        var match = Grammar().Match(text ?? "");
        if (!match.Success)
        {
            return false;
        }

        Digest? digest = null;
        if (match.Groups["digest"].Success)
        {
            if (!Images.Digest.TryParse(match.Groups["digest"].Value, out var parsed))
            {
                return false;
            }

            digest = parsed;
        }

        var name = match.Groups["name"].Value;
        var slash = name.IndexOf('/', StringComparison.Ordinal);
        var first = slash < 0 ? "" : name[..slash];
        var hasHost = first.Contains('.', StringComparison.Ordinal) || first.Contains(':', StringComparison.Ordinal) || first == "localhost";
        var (host, path) = hasHost ? (first, name[(slash + 1)..]) : ("", name);
        if (!RepositoryPath().IsMatch(path))
        {
            return false;
        }

        reference = new ImageReference(host, path, match.Groups["tag"].Success ? match.Groups["tag"].Value : null, digest);
        return true;
    }

    [GeneratedRegex(@"^(?<name>(?:[A-Za-z0-9.-]+(?::[0-9]+)?/)?[^:@\s]+?)(?::(?<tag>[A-Za-z0-9_][A-Za-z0-9._-]{0,127}))?(?:@(?<digest>[a-z0-9]+:[0-9a-f]+))?$", RegexOptions.CultureInvariant)]
    private static partial Regex Grammar();

    [GeneratedRegex(@"^[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*(?:/[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*)*$", RegexOptions.CultureInvariant)]
    private static partial Regex RepositoryPath();
}

public sealed class ImageReferenceJsonConverter : JsonConverter<ImageReference>
{
    public override ImageReference? Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        ImageReference.TryParse(reader.GetString(), out var reference) ? reference : throw new JsonException("Expected an image reference.");

    public override void Write(Utf8JsonWriter writer, ImageReference value, JsonSerializerOptions options) => writer.WriteStringValue(value.ToString());
}

using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace MlOps.Core.Images;

/// <summary>A content digest, <c>sha256:</c> and 64 lower-case hexadecimal digits (OCI image specification, "Digests").</summary>
[JsonConverter(typeof(DigestJsonConverter))]
public readonly record struct Digest
{
    private const string Prefix = "sha256:";
    private readonly string? _hex;

    private Digest(string hex) => _hex = hex;

    /// <summary>The 64 hexadecimal digits, without the algorithm.</summary>
    public string Hex => _hex ?? new string('0', 64);

    /// <summary>The first 12 digits, for people.</summary>
    public string Short => Hex[..12];

    public override string ToString() => Prefix + Hex;

    public static Digest Of(ReadOnlySpan<byte> content) => new(Convert.ToHexStringLower(SHA256.HashData(content)));

    public static Digest Of(string text) => Of(Encoding.UTF8.GetBytes(text));

    public static Digest Of(Stream content) => new(Convert.ToHexStringLower(SHA256.HashData(content)));

    public static async Task<Digest> OfAsync(Stream content, CancellationToken cancel) =>
        new(Convert.ToHexStringLower(await SHA256.HashDataAsync(content, cancel)));

    public static Digest FromHash(ReadOnlySpan<byte> sha256) =>
        sha256.Length == 32 ? new(Convert.ToHexStringLower(sha256)) : throw new ArgumentException("A SHA-256 has 32 bytes.", nameof(sha256));

    public static bool TryParse([NotNullWhen(true)] string? text, out Digest digest)
    {
        digest = default;
        if (text is null || text.Length != 71 || !text.StartsWith(Prefix, StringComparison.Ordinal))
        {
            return false;
        }

        var hex = text[Prefix.Length..];
        if (hex.AsSpan().ContainsAnyExcept("0123456789abcdef"))
        {
            return false;
        }

        digest = new Digest(hex);
        return true;
    }

    /// <exception cref="FormatException">The text is not a SHA-256 digest.</exception>
    public static Digest Parse(string text) =>
        TryParse(text, out var digest) ? digest : throw new FormatException($"'{text}' is not a digest: expected 'sha256:' and 64 lower-case hexadecimal digits.");
}

public sealed class DigestJsonConverter : JsonConverter<Digest>
{
    public override Digest Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        Digest.TryParse(reader.GetString(), out var digest) ? digest : throw new JsonException("Expected a digest, 'sha256:' and 64 hexadecimal digits.");

    public override void Write(Utf8JsonWriter writer, Digest value, JsonSerializerOptions options) => writer.WriteStringValue(value.ToString());
}

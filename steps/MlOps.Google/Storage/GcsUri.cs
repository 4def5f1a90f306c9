using System.Diagnostics.CodeAnalysis;

namespace MlOps.Google.Storage;

/// <summary><c>gs://BUCKET/NAME</c>; the name may be empty (the bucket itself) or a prefix.</summary>
public sealed record GcsUri(string Bucket, string Name)
{
    private const string Scheme = "gs://";

    public static bool TryParse([NotNullWhen(true)] string? text, [NotNullWhen(true)] out GcsUri? uri)
    {
        uri = null;
        if (text is null || !text.StartsWith(Scheme, StringComparison.Ordinal))
        {
            return false;
        }

        var slash = text.IndexOf('/', Scheme.Length);
        var bucket = slash < 0 ? text[Scheme.Length..] : text[Scheme.Length..slash];
        if (bucket.Length is < 3 or > 222 || bucket.AsSpan().ContainsAnyExcept("abcdefghijklmnopqrstuvwxyz0123456789-_."))
        {
            return false;
        }

        uri = new GcsUri(bucket, slash < 0 ? "" : text[(slash + 1)..]);
        return true;
    }

    /// <exception cref="FormatException">The text is not such an address.</exception>
    public static GcsUri Parse(string text) => TryParse(text, out var uri)
        ? uri
        : throw new FormatException($"'{text}' is not an address in Cloud Storage: expected gs://BUCKET/NAME, the bucket in lower case.");

    /// <summary>The name below this one.</summary>
    public GcsUri Below(string name) => this with { Name = Name.Length == 0 ? name : $"{Name.TrimEnd('/')}/{name}" };

    public override string ToString() => $"{Scheme}{Bucket}/{Name}";
}

using System.Globalization;
using System.Runtime.InteropServices;

namespace MlOps.LocalCloud.CloudBuild.EngineSockets.Http;

/// <summary>How a message's body ends (RFC 9112, section 6.3).</summary>
/// <param name="Length">In bytes, where it is known beforehand.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct HttpBody(BodyKind Kind, long Length = 0)
{
    public static readonly HttpBody None = new(BodyKind.None);

    /// <exception cref="HttpFault">The length is not clear.</exception>
    public static HttpBody OfRequest(HttpHead head) => Of(head) ?? None;

    /// <param name="head">The response's.</param>
    /// <param name="method">The request's.</param>
    /// <exception cref="HttpFault">The length is not clear.</exception>
    public static HttpBody OfResponse(HttpHead head, string method) =>
        method == "HEAD" || head.Status is (>= 100 and < 200) or 204 or 304 ? None : Of(head) ?? new HttpBody(BodyKind.ToEnd);

    private static HttpBody? Of(HttpHead head)
    {
        var length = head["Content-Length"];
        if (head["Transfer-Encoding"] is { } encoding)
        {
            return length is null && encoding.Equals("chunked", StringComparison.OrdinalIgnoreCase)
                ? new HttpBody(BodyKind.Chunked)
                : throw new HttpFault(400, $"The body's length is not clear: Transfer-Encoding '{encoding}'{(length is null ? "" : " beside a Content-Length")}.");
        }

        if (length is null)
        {
            return null;
        }

        return long.TryParse(length, NumberStyles.None, CultureInfo.InvariantCulture, out var bytes)
            ? new HttpBody(bytes == 0 ? BodyKind.None : BodyKind.Length, bytes)
            : throw new HttpFault(400, $"Content-Length '{length}' is not a number of bytes.");
    }
}

internal enum BodyKind
{
    /// <summary>There is none.</summary>
    None,

    /// <summary>So many bytes.</summary>
    Length,

    /// <summary>Chunks, the last of them empty.</summary>
    Chunked,

    /// <summary>Until the sender closes.</summary>
    ToEnd,
}

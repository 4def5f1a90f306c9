using System.Net.Http.Headers;

namespace MlOps.Google.Http;

/// <summary>Bodies of several parts (RFC 2046), with the boundary unquoted, as most clients write it and not every server reads it otherwise.</summary>
internal static class Multipart
{
    /// <param name="subtype"><c>form-data</c>, <c>related</c>.</param>
    public static MultipartContent Of(string subtype)
    {
        var boundary = $"mlops{Guid.NewGuid():N}";
        var content = new MultipartContent(subtype, boundary);
        content.Headers.ContentType = MediaTypeHeaderValue.Parse($"multipart/{subtype}; boundary={boundary}");
        return content;
    }
}

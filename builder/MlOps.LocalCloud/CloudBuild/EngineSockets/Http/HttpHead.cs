using System.Collections.Immutable;
using System.Globalization;
using System.Text;

namespace MlOps.LocalCloud.CloudBuild.EngineSockets.Http;

/// <summary>
/// The start line and headers of an HTTP/1.1 message (RFC 9112), kept as they came: what is not changed is handed on byte for byte.
/// </summary>
internal sealed record HttpHead(string StartLine, ImmutableArray<HttpHeader> Headers)
{
    private string[] Words => StartLine.Split(' ', 3);

    /// <summary>Of a request.</summary>
    public string Method => Words[0];

    /// <summary>Of a request: path and query.</summary>
    public string Target => Words is [_, var target, ..] ? target : "";

    /// <summary>Of a response; 0 where it is not one.</summary>
    public int Status => Words is [_, var status, ..] && int.TryParse(status, NumberStyles.None, CultureInfo.InvariantCulture, out var code) ? code : 0;

    /// <summary>The header's values, joined as a list; null without one.</summary>
    public string? this[string name]
    {
        get
        {
            var values = Headers.Where(header => header.Is(name)).Select(header => header.Value).ToArray();
            return values.Length == 0 ? null : string.Join(", ", values);
        }
    }

    public bool IsLast => Has("Connection", "close") || (StartLine.Contains("HTTP/1.0", StringComparison.Ordinal) && !Has("Connection", "keep-alive"));

    /// <summary>A list header holds the word.</summary>
    public bool Has(string name, string word) =>
        this[name] is { } value && value.Split(',').Any(part => part.Trim().Equals(word, StringComparison.OrdinalIgnoreCase));

    public HttpHead Without(params string[] names) => this with { Headers = [.. Headers.Where(header => !names.Any(header.Is))] };

    public HttpHead With(string name, string value) => Without(name) with { Headers = [.. Without(name).Headers, new HttpHeader(name, value)] };

    public HttpHead WithTarget(string target) => this with { StartLine = $"{Method} {target} {(Words is [_, _, var version] ? version : "HTTP/1.1")}" };

    /// <summary>The same message with a body of that length.</summary>
    public HttpHead WithLength(long length) => Without("Transfer-Encoding").With("Content-Length", length.ToString(CultureInfo.InvariantCulture));

    public byte[] ToBytes()
    {
        var text = new StringBuilder(StartLine).Append("\r\n");
        foreach (var header in Headers)
        {
            text.Append(header.Name).Append(": ").Append(header.Value).Append("\r\n");
        }

        return Encoding.Latin1.GetBytes(text.Append("\r\n").ToString());
    }

    /// <param name="head">Up to and including the empty line.</param>
    /// <exception cref="HttpFault">It is not HTTP.</exception>
    public static HttpHead Parse(ReadOnlySpan<byte> head)
    {
        var lines = Encoding.Latin1.GetString(head).Split('\n');
        var start = lines[0].TrimEnd('\r');
        if (start.Split(' ', 3) is not { Length: >= 2 } || !start.Contains("HTTP/1.", StringComparison.Ordinal))
        {
            throw new HttpFault(400, $"'{(start.Length > 60 ? start[..60] + "…" : start)}' does not begin an HTTP/1.1 message.");
        }

        return new HttpHead(start, [.. lines.Skip(1).Select(line => line.TrimEnd('\r')).Where(line => line.Length > 0).Select(HttpHeader.Parse)]);
    }
}

internal readonly record struct HttpHeader(string Name, string Value)
{
    public bool Is(string name) => Name.Equals(name, StringComparison.OrdinalIgnoreCase);

    /// <exception cref="HttpFault">There is no colon, or a space before it.</exception>
    public static HttpHeader Parse(string line)
    {
        var colon = line.IndexOf(':', StringComparison.Ordinal);
        return colon > 0 && line.AsSpan(0, colon).IndexOfAny(' ', '\t') < 0
            ? new HttpHeader(line[..colon], line[(colon + 1)..].Trim(' ', '\t'))
            : throw new HttpFault(400, "A header line must read 'NAME: VALUE'.");
    }
}

/// <summary>A message cannot be understood; a client is answered with the status.</summary>
internal sealed class HttpFault(int status, string message) : Exception(message)
{
    public int Status => status;
}

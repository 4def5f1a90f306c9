using System.Buffers.Text;
using System.Text;
using Grpc.Core;

namespace MlOps.LocalCloud.Hosting;

/// <summary>One page of a list: <see cref="Skip"/> rows in, at most <see cref="Size"/> long (AIP-158).</summary>
internal sealed record Page(int Skip, int Size)
{
    /// <exception cref="RpcException">INVALID_ARGUMENT: a negative size, or a token that no list has given.</exception>
    public static Page Of(int size, string token, int largest)
    {
        if (size < 0)
        {
            throw new RpcException(new Status(StatusCode.InvalidArgument, $"page_size is {size}: expected 0 (the default) or more."));
        }

        return new Page(Skipped(token), size == 0 || size > largest ? largest : size);
    }

    /// <summary>The next page's token; empty after the last one.</summary>
    /// <param name="found">How many rows there were from <see cref="Skip"/> on, looking one further than the page.</param>
    public string Next(int found) => found > Size ? Base64Url.EncodeToString(Encoding.ASCII.GetBytes($"+{Skip + Size}")) : "";

    private static int Skipped(string token)
    {
        if (token.Length == 0)
        {
            return 0;
        }

        return Base64Url.IsValid(token) && Encoding.ASCII.GetString(Base64Url.DecodeFromChars(token)) is ['+', .. var digits] && int.TryParse(digits, out var skip)
            ? skip
            : throw new RpcException(new Status(StatusCode.InvalidArgument, "page_token is not one that a list has given."));
    }
}

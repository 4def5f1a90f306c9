using System.Net;
using System.Net.Http.Headers;
using MlOps.Core.Problems;

namespace MlOps.Containers.Build;

/// <summary>Sends the context while it is being written. What goes wrong in writing is the cause; the broken request is its consequence.</summary>
internal sealed class TarContent : HttpContent
{
    private readonly Func<Stream, Task> _write;

    public TarContent(Func<Stream, Task> write)
    {
        _write = write;
        Headers.ContentType = new MediaTypeHeaderValue("application/x-tar");
    }

    public Exception? Failure { get; private set; }

    protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context)
    {
        try
        {
            await _write(stream);
        }
        catch (InvalidInputException error)
        {
            Failure = error;
            throw;
        }
    }

    protected override bool TryComputeLength(out long length)
    {
        length = 0;
        return false;
    }
}

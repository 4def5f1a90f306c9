using System.IO.Pipelines;

namespace MlOps.Containers.Archives;

/// <summary>Sends an archive while it is being written: nothing is held in memory or on a disk.</summary>
internal static class TarStream
{
    public static async Task SendAsync(Func<Stream, Task> write, Func<Stream, Task> send)
    {
        var pipe = new Pipe();
        var writing = WriteAsync(pipe.Writer, write);
        await using var body = pipe.Reader.AsStream();
        try
        {
            await send(body);
        }
        finally
        {
            // A receiver that gives up must not leave the writer waiting for room.
            await pipe.Reader.CompleteAsync();
        }

        await writing;
    }

    private static async Task WriteAsync(PipeWriter writer, Func<Stream, Task> write)
    {
        try
        {
            await using var stream = writer.AsStream(leaveOpen: true);
            await write(stream);
            await stream.FlushAsync();
            await writer.CompleteAsync();
        }
        catch (Exception error)
        {
            await writer.CompleteAsync(error);
            throw;
        }
    }
}

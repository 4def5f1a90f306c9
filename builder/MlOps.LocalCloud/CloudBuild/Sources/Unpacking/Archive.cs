namespace MlOps.LocalCloud.CloudBuild.Sources.Unpacking;

/// <summary>The archives that a source may be: <c>.tar.gz</c> and <c>.zip</c>, told apart by their first bytes.</summary>
internal static class Archive
{
    /// <param name="name">For the problem's text.</param>
    /// <exception cref="BuildFaultException">It is none, damaged, or has an entry outside of itself.</exception>
    public static async Task UnpackAsync(FileStream archive, string name, string folder, Action<string> log, CancellationToken cancel)
    {
        var start = new byte[4];
        var read = await archive.ReadAtLeastAsync(start, start.Length, throwOnEndOfStream: false, cancel);
        archive.Position = 0;
        try
        {
            switch (start.AsSpan(0, read))
            {
                case [0x1f, 0x8b, ..]:
                    await TarUnpacking.UnpackAsync(archive, folder, log, cancel);
                    return;
                case [(byte)'P', (byte)'K', 3 or 5, 4 or 6]:
                    await ZipUnpacking.UnpackAsync(archive, folder, cancel);
                    return;
                default:
                    throw FetchFault.Of($"failed to unpack source: {name} is neither a gzipped tar (.tar.gz, .tgz) nor a zip archive{(read == 0 ? "; it is empty" : "")}.");
            }
        }
        catch (UnpackRefusedException refused)
        {
            throw FetchFault.Of($"failed to unpack source: {name}: {refused.Message}", refused);
        }
        catch (Exception error) when (error is InvalidDataException or EndOfStreamException or NotSupportedException)
        {
            throw FetchFault.Of($"failed to unpack source: {name} is damaged or incomplete ({error.Message.TrimEnd('.')}). Upload it again.", error);
        }
    }
}

/// <summary>An entry that must not be written.</summary>
internal sealed class UnpackRefusedException(string message) : Exception(message);

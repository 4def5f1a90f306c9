using System.Collections.Concurrent;
using MlOps.Core.Images;

namespace MlOps.Google.Registry;

/// <summary>Brings blobs from one repository to another, several at once: those that are not there are mounted, else streamed.</summary>
internal sealed class BlobCopies(RegistryClient from, RegistryClient to, ImageReference source, ImageReference target, CopyOptions options)
{
    /// <summary>Bytes between two reports of progress.</summary>
    private const long Step = 4 * 1024 * 1024;

    private readonly ConcurrentDictionary<BlobArrival, int> _arrived = new();
    private readonly bool _isOneRegistry = to.SharesRegistry(target, from, source);
    private volatile bool _mountsRefused;
    private readonly Lock _reporting = new();
    private long _sent, _reported, _bytes, _bytesSpared;
    private int _blobs;

    public long BytesSent => Interlocked.Read(ref _sent);

    public int Count(BlobArrival arrival) => _arrived.GetValueOrDefault(arrival);

    /// <summary>Large ones first, so that none of them is left over for the end.</summary>
    /// <exception cref="RegistryException">A registry refuses or gives wrong bytes; nothing of that blob was committed.</exception>
    public async Task BringAsync(IReadOnlyList<Descriptor> blobs, CancellationToken cancel)
    {
        _blobs += blobs.Count;
        _bytes += blobs.Sum(blob => blob.Size);
        await blobs.OrderByDescending(blob => blob.Size).ToList().EachAsync(options.AtOnce, BringAsync, cancel);
    }

    private async Task<BlobArrival> BringAsync(Descriptor blob, CancellationToken cancel)
    {
        var mountFrom = _isOneRegistry && !_mountsRefused ? source : null;
        var (content, passage) = from.BlobToCopy(source, blob, Passed);
        using (passage)
        {
            var arrival = await to.UploadBlobAsync(target, content, cancel, mountFrom);
            _mountsRefused |= arrival == BlobArrival.Sent && mountFrom is not null;
            _arrived.AddOrUpdate(arrival, 1, (_, count) => count + 1);
            Interlocked.Add(ref _bytesSpared, arrival == BlobArrival.Sent ? 0 : blob.Size);
            Report();
            return arrival;
        }
    }

    private void Passed(int count)
    {
        var sent = Interlocked.Add(ref _sent, count);
        var reported = Interlocked.Read(ref _reported);
        if (sent - reported >= Step && Interlocked.CompareExchange(ref _reported, sent, reported) == reported)
        {
            Report();
        }
    }

    private void Report()
    {
        lock (_reporting)
        {
            // What is sent again after a break counts twice until the end.
            options.Progress?.Report(new CopyProgress(_blobs, _arrived.Values.Sum(), _bytes, Math.Min(_bytes, Interlocked.Read(ref _bytesSpared) + BytesSent)));
        }
    }
}

using System.Security.Cryptography;
using MlOps.Core.Images;
using MlOps.Google.Http;

namespace MlOps.Google.Registry;

/// <summary>
/// One blob's bytes on their way from one registry to another: hashed once, in order, however often either end breaks and is taken up
/// again, and judged before the last of them are handed on.
/// </summary>
/// <param name="blob">What the bytes must be.</param>
/// <param name="wrong">The error for bytes with another digest or another length than they should have.</param>
/// <param name="passed">Told how many bytes were just handed on, again ones too.</param>
internal sealed class BlobPassage(Descriptor blob, Func<Digest, long, Exception> wrong, Action<int>? passed) : IDisposable
{
    private readonly Lock _lock = new();
    private IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private Reading? _current;
    private long _hashed;

    /// <summary>
    /// Where reading must begin so that it can go on at <paramref name="offset"/>: earlier where bytes before it were never seen, as when
    /// a registry claims to have more than it was sent.
    /// </summary>
    public long Begin(long offset)
    {
        lock (_lock)
        {
            return Math.Min(offset, _hashed);
        }
    }

    /// <summary>The check for a reading that begins here; an older one that still runs is not listened to any more.</summary>
    public IContentCheck From(long offset)
    {
        lock (_lock)
        {
            if (offset == 0)
            {
                _hash.Dispose();
                _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
                _hashed = 0;
            }

            return _current = new Reading(this, offset);
        }
    }

    public void Dispose()
    {
        lock (_lock)
        {
            _current = null;
            _hash.Dispose();
        }
    }

    private void Add(Reading reading, long position, ReadOnlySpan<byte> bytes)
    {
        lock (_lock)
        {
            if (reading == _current && position + bytes.Length > _hashed)
            {
                _hash.AppendData(bytes[(int)(_hashed - position)..]);
                _hashed = position + bytes.Length;
            }
        }

        passed?.Invoke(bytes.Length);
    }

    private void Finish(Reading reading, long length)
    {
        lock (_lock)
        {
            if (reading != _current)
            {
                throw new IOException("the reading was given up");
            }

            var actual = Digest.FromHash(_hash.GetCurrentHash());
            if (actual != blob.Digest || length != blob.Size)
            {
                throw wrong(actual, length);
            }
        }
    }

    private sealed class Reading(BlobPassage passage, long from) : IContentCheck
    {
        private long _position = from;

        public void Add(ReadOnlySpan<byte> bytes)
        {
            passage.Add(this, _position, bytes);
            _position += bytes.Length;
        }

        public void Finish(long length) => passage.Finish(this, length);

        public void Dispose()
        {
        }
    }
}

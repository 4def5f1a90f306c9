using System.Security.Cryptography;

namespace MlOps.Google.Http;

/// <summary>Judges a body as its bytes pass; two kinds exist, by SHA-256 (registry, KFP) and by CRC-32C or MD5 (Storage).</summary>
internal interface IContentCheck : IDisposable
{
    void Add(ReadOnlySpan<byte> bytes);

    /// <exception cref="Errors.CloudException">The body is not what it should be.</exception>
    void Finish(long length);
}

/// <summary>The whole must have this SHA-256 and size (bytes), else <paramref name="wrong"/> says so.</summary>
internal sealed class Sha256Check(Core.Images.Digest expected, long size, Func<Core.Images.Digest, long, Exception> wrong) : IContentCheck
{
    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);

    public void Add(ReadOnlySpan<byte> bytes) => _hash.AppendData(bytes);

    public void Finish(long length)
    {
        var actual = Core.Images.Digest.FromHash(_hash.GetHashAndReset());
        if (actual != expected || length != size)
        {
            throw wrong(actual, length);
        }
    }

    public void Dispose() => _hash.Dispose();
}

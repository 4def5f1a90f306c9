using System.Security.Cryptography;
using Grpc.Core;
using MlOps.Google.Errors;
using MlOps.Google.Http;

namespace MlOps.Google.Storage;

/// <summary>A whole object must have the CRC-32C and the MD5 that the service states; what it does not state is not checked.</summary>
internal sealed class ChecksumCheck(ServiceHost host, string what, string? crc32c, string? md5) : IContentCheck
{
    private readonly Crc32c _crc = new();
    private readonly IncrementalHash? _md5 = crc32c is null && md5 is not null ? IncrementalHash.CreateHash(HashAlgorithmName.MD5) : null;

    public void Add(ReadOnlySpan<byte> bytes)
    {
        _crc.Add(bytes);
        _md5?.AppendData(bytes);
    }

    public void Finish(long length)
    {
        if (crc32c is not null && _crc.Base64() != crc32c)
        {
            throw Wrong("CRC-32C", crc32c, _crc.Base64(), length);
        }

        if (_md5 is not null && Convert.ToBase64String(_md5.GetHashAndReset()) is var actual && actual != md5)
        {
            throw Wrong("MD5", md5!, actual, length);
        }
    }

    public void Dispose() => _md5?.Dispose();

    private CloudException Wrong(string kind, string expected, string actual, long length) => new(
        StatusCode.DataLoss, host.Name, $"{host}: the {length} bytes that it gave for {what} have the {kind} {actual}, not {expected}. They were not used; run the step again.");
}

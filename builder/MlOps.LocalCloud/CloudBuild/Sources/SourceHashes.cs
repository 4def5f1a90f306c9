using System.Security.Cryptography;
using Google.Cloud.CloudBuild.V1;
using Google.Protobuf;
using static Google.Cloud.CloudBuild.V1.Hash.Types;

namespace MlOps.LocalCloud.CloudBuild.Sources;

/// <summary>Hashes of a source's files, one for each algorithm that is asked for.</summary>
internal static class SourceHashes
{
    public static async Task<FileHashes> OfAsync(Stream content, IEnumerable<HashType> types, CancellationToken cancel)
    {
        var hashes = new FileHashes();
        foreach (var type in types.Distinct())
        {
            content.Position = 0;
            if (await DigestAsync(content, type, cancel) is { } value)
            {
                hashes.FileHash.Add(new Hash { Type = type, Value = ByteString.CopyFrom(value) });
            }
        }

        return hashes;
    }

    /// <summary>Null for NONE, and for Go's directory hash, which is not of a file.</summary>
    private static async Task<byte[]?> DigestAsync(Stream content, HashType type, CancellationToken cancel) => type switch
    {
        HashType.Sha256 => await SHA256.HashDataAsync(content, cancel),
        HashType.Sha512 => await SHA512.HashDataAsync(content, cancel),
        HashType.Md5 => await MD5.HashDataAsync(content, cancel),
        _ => null,
    };
}

using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace MlOps.LocalCloud.Hosting;

/// <summary>A project's number: twelve digits that follow from its id, for nobody hands out numbers here.</summary>
internal static class ProjectNumber
{
    private const ulong Lowest = 100_000_000_000, Count = 900_000_000_000;

    public static string Of(string project) =>
        (Lowest + (BinaryPrimitives.ReadUInt64BigEndian(SHA256.HashData(Encoding.UTF8.GetBytes(project))) % Count)).ToString(CultureInfo.InvariantCulture);
}

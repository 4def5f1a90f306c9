using System.Text;
using CsCheck;
using MlOps.Google.Storage;

namespace MlOps.Google.Tests.Storage;

public sealed class Crc32cTests
{
    /// <summary>RFC 3720, appendix B.4, and the check value of the CRC catalogue.</summary>
    [Fact]
    public void The_published_values_come_out()
    {
        Assert.Equal(0xE3069283, Of(Encoding.ASCII.GetBytes("123456789")));
        Assert.Equal(0x8A9136AA, Of(new byte[32]));
        Assert.Equal(0x62A8AB43u, Of([.. Enumerable.Repeat((byte)0xFF, 32)]));
        Assert.Equal(0x46DD794Eu, Of([.. Enumerable.Range(0, 32).Select(number => (byte)number)]));
        Assert.Equal("AAAAAA==", Crc32c.Base64Of([]));
        Assert.Equal("4waSgw==", Crc32c.Base64Of("123456789"u8));
    }

    [Fact]
    public void Pieces_give_what_the_whole_gives() => Gen.Select(Gen.Byte.Array[0, 100], Gen.Byte.Array[0, 100]).Sample((first, second) =>
    {
        var crc = new Crc32c();
        crc.Add(first);
        crc.Add(second);
        return crc.Value == Of([.. first, .. second]);
    });

    private static uint Of(byte[] bytes)
    {
        var crc = new Crc32c();
        crc.Add(bytes);
        return crc.Value;
    }
}

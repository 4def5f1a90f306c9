using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace MlOps.Google.Storage;

/// <summary>CRC-32C (Castagnoli, RFC 3720 appendix B.4), by the processor's own instruction.</summary>
public sealed class Crc32c
{
    private uint _state = uint.MaxValue;

    public uint Value => ~_state;

    public static string Base64Of(ReadOnlySpan<byte> bytes)
    {
        var crc = new Crc32c();
        crc.Add(bytes);
        return crc.Base64();
    }

    // Compiled at once as well as can be: a short command ends before the runtime would come to it, and code that was compiled
    // ahead of time does not use the processor's instruction.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Add(ReadOnlySpan<byte> bytes)
    {
        var words = MemoryMarshal.Cast<byte, ulong>(bytes);
        foreach (var word in words)
        {
            _state = BitOperations.Crc32C(_state, BitConverter.IsLittleEndian ? word : BinaryPrimitives.ReverseEndianness(word));
        }

        foreach (var one in bytes[(words.Length * sizeof(ulong))..])
        {
            _state = BitOperations.Crc32C(_state, one);
        }
    }

    /// <summary>As Storage writes it: four bytes, big-endian, in base64.</summary>
    public string Base64()
    {
        Span<byte> bytes = stackalloc byte[4];
        BinaryPrimitives.WriteUInt32BigEndian(bytes, Value);
        return Convert.ToBase64String(bytes);
    }
}

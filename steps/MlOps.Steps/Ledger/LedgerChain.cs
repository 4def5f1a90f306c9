using System.Collections.Immutable;
using System.Text;
using System.Text.Json;
using MlOps.Core.Images;
using MlOps.Core.Problems;

namespace MlOps.Steps.Ledger;

/// <summary>
/// The ledger's text: JSON Lines, each <c>{"hash":"sha256:…","sequence":…,"previous":"sha256:…",…}</c>. An entry's hash is the SHA-256 of
/// the line without the hash; each holds the hash of the one before it, so that no entry can be changed, removed or moved unseen.
/// </summary>
public static class LedgerChain
{
    private const string Opening = "{\"hash\":\"";
    private static readonly int BodyAt = Opening.Length + default(Digest).ToString().Length + "\",".Length;

    /// <summary>The entry that comes after another, with its line (without a line end).</summary>
    public static (LedgerEntry Entry, string Line) After(LedgerEntry? last, LedgerEntry entry)
    {
        var next = entry with { Sequence = (last?.Sequence ?? 0) + 1, Previous = last?.Hash };
        var body = JsonSerializer.Serialize(next, LedgerJson.Default.LedgerEntry);
        var hash = Digest.Of(body);
        return (next with { Hash = hash }, $"{Opening}{hash}\",{body[1..]}");
    }

    /// <summary>Reads lines that follow an entry, each checked.</summary>
    /// <param name="last">Null where they are the first.</param>
    /// <param name="where">What holds them, for messages.</param>
    /// <exception cref="StepFailedException">An entry is not what was written: it is named.</exception>
    public static ImmutableArray<LedgerEntry> Read(ReadOnlySpan<byte> text, LedgerEntry? last, string where)
    {
        var entries = ImmutableArray.CreateBuilder<LedgerEntry>();
        foreach (var range in text.Split((byte)'\n'))
        {
            if (text[range] is { IsEmpty: false } line)
            {
                last = ReadOne(line, last, where);
                entries.Add(last);
            }
        }

        return entries.ToImmutable();
    }

    private static LedgerEntry ReadOne(ReadOnlySpan<byte> line, LedgerEntry? last, string where)
    {
        var number = (last?.Sequence ?? 0) + 1;
        if (line.Length <= BodyAt || !Digest.TryParse(Encoding.UTF8.GetString(line[Opening.Length..(BodyAt - 2)]), out var hash))
        {
            throw Tampered(number, where, "it does not begin with its hash");
        }

        var body = line[(BodyAt - 1)..].ToArray();
        body[0] = (byte)'{';
        if (Digest.Of(body) is var actual && actual != hash)
        {
            throw Tampered(number, where, $"its hash says {hash.Short}, its text gives {actual.Short}");
        }

        var entry = Parse(body) ?? throw Tampered(number, where, "it is no entry");
        return entry.Previous != last?.Hash
            ? throw Tampered(number, where, $"it follows {entry.Previous?.Short ?? "none"}, and the entry before it is {last?.Hash.Short ?? "none"}")
            : entry.Sequence != number ? throw Tampered(number, where, $"it calls itself {entry.Sequence}") : entry with { Hash = hash };
    }

    private static LedgerEntry? Parse(ReadOnlySpan<byte> body)
    {
        try
        {
            return JsonSerializer.Deserialize(body, LedgerJson.Default.LedgerEntry);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static StepFailedException Tampered(long number, string where, string how) =>
        new($"Entry {number} of the ledger {where} is not what was written: {how}. Nothing is done on such a ledger. The bucket's versions or its audit log tell who changed it; put the object back as it was.");
}

using System.Collections.Immutable;
using System.Text;
using System.Text.Json;
using MlOps.Core.Images;
using MlOps.Core.Problems;
using MlOps.Steps.Releases;

namespace MlOps.Steps.Ledger;

/// <summary>
/// The ledger's text: JSON Lines, each <c>{"hash":"sha256:…","sequence":…,"previous":"sha256:…",…}</c>. An entry's hash is the SHA-256 of
/// the line without the hash; each holds the hash of the one before it, so that no entry can be changed, removed or moved unseen.
/// </summary>
public static class LedgerChain
{
    private const string Opening = "{\"hash\":\"";
    private static readonly byte[][] OrderActions =
        [.. new[] { "approve", "hold", "lift", "rollback" }.Select(action => Encoding.UTF8.GetBytes($"\"action\":\"{action}\""))];

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
    /// <param name="environment">Whose ledger it is.</param>
    /// <param name="last">Null where they are the first.</param>
    /// <param name="where">What holds them, for messages.</param>
    /// <exception cref="StepFailedException">An entry is not what was written: it is named.</exception>
    public static ImmutableArray<LedgerEntry> Read(ReadOnlySpan<byte> text, string environment, LedgerEntry? last, string where)
    {
        ThrowIfEmpty(text, (last?.Sequence ?? 0) + 1, where);
        var entries = ImmutableArray.CreateBuilder<LedgerEntry>();
        while (!text.IsEmpty)
        {
            last = ReadOne(NextLine(ref text, (last?.Sequence ?? 0) + 1, where), environment, last?.Sequence ?? 0, last?.Hash, where);
            entries.Add(last);
        }

        return entries.ToImmutable();
    }

    /// <summary>
    /// The same for a past that only matters for what people said: every line is checked, and just those of approvals, holds and
    /// rollbacks are read, which takes a tenth of the time.
    /// </summary>
    /// <param name="sequence">The number of the last entry before; becomes that of the last one here.</param>
    /// <param name="hash">Its hash, likewise.</param>
    public static ImmutableArray<LedgerEntry> ReadOrders(ReadOnlySpan<byte> text, string environment, ref long sequence, ref Digest? hash, string where)
    {
        ThrowIfEmpty(text, sequence + 1, where);
        var entries = ImmutableArray.CreateBuilder<LedgerEntry>();
        while (!text.IsEmpty)
        {
            var line = NextLine(ref text, sequence + 1, where);
            if (IsOrder(line))
            {
                entries.Add(ReadOne(line, environment, sequence, hash, where));
                (sequence, hash) = (entries[^1].Sequence, entries[^1].Hash);
                continue;
            }

            var (_, own) = Checked(line, sequence + 1, where);
            // As they are written, in this order (After).
            var place = $"\"sequence\":{sequence + 1}{(hash is { } before ? $",\"previous\":\"{before}\"" : "")},";
            if (line.IndexOf(Encoding.UTF8.GetBytes(place)) < 0 || line.IndexOf(Encoding.UTF8.GetBytes($"\"environment\":\"{environment}\"")) < 0)
            {
                throw Tampered(sequence + 1, where, "it does not follow the one before it");
            }

            (sequence, hash) = (sequence + 1, own);
        }

        return entries.ToImmutable();
    }

    /// <summary>Compares a part of a ledger with how far it had come.</summary>
    public static void Check(ImmutableArray<LedgerEntry> entries, LedgerTipRecord? tip, string where)
    {
        if (tip is not null && !entries.IsEmpty && tip.Sequence >= entries[0].Sequence && tip.Sequence <= entries[^1].Sequence
            && entries[(int)(tip.Sequence - entries[0].Sequence)].Hash is var hash && hash != tip.Hash)
        {
            throw Tampered(tip.Sequence, where, $"its hash is {hash.Short}, and {tip.Hash.Short} was written");
        }
    }

    /// <summary>An entry that was there is not any more.</summary>
    public static StepFailedException Lost(long number, string where) => Tampered(number, where, "it is gone, with all that came after it");

    /// <summary>
    /// Compares a ledger with what is known of it elsewhere: a chain that lost its last entries is still one, but the releases that they
    /// moved have said so (<see cref="DeploymentStatement"/>).
    /// </summary>
    /// <exception cref="StepFailedException">The ledger lacks an entry, or has another in its place: it is named.</exception>
    public static void Check(ImmutableArray<LedgerEntry> entries, string environment, IEnumerable<ReleaseRecord> releases)
    {
        foreach (var said in releases.SelectMany(release => release.Said<DeploymentStatement>().Where(said => said.Environment == environment).OrderBy(said => said.Sequence)))
        {
            if (said.Sequence > entries.Length)
            {
                throw Tampered(said.Sequence, $"of {environment}", $"it is gone, and a release says that it was there ({said.Action} at {said.Time.UtcDateTime:yyyy-MM-dd HH:mm:ss} UTC)");
            }

            if (entries[(int)said.Sequence - 1].Hash != said.Entry)
            {
                throw Tampered(said.Sequence, $"of {environment}", $"its hash is {entries[(int)said.Sequence - 1].Hash.Short}, and a release says {said.Entry.Short}");
            }
        }
    }

    /// <summary>An object is written with its first entry.</summary>
    private static void ThrowIfEmpty(ReadOnlySpan<byte> text, long number, string where)
    {
        if (text.IsEmpty)
        {
            throw Tampered(number, where, "the object is empty");
        }
    }

    private static bool IsOrder(ReadOnlySpan<byte> line)
    {
        foreach (var action in OrderActions)
        {
            if (line.IndexOf(action) >= 0)
            {
                return true;
            }
        }

        return false;
    }

    private static ReadOnlySpan<byte> NextLine(ref ReadOnlySpan<byte> text, long number, string where)
    {
        var end = text.IndexOf((byte)'\n');
        if (end < 0)
        {
            throw Tampered(number, where, "its line has no end");
        }

        var line = text[..end];
        text = text[(end + 1)..];
        return line;
    }

    private static LedgerEntry ReadOne(ReadOnlySpan<byte> line, string environment, long before, Digest? previous, string where)
    {
        var number = before + 1;
        var (body, hash) = Checked(line, number, where);
        var entry = Parse(body) ?? throw Tampered(number, where, "it is no entry");
        if (entry.Previous != previous)
        {
            throw Tampered(number, where, $"it follows {entry.Previous?.Short ?? "none"}, and the entry before it is {previous?.Short ?? "none"}");
        }

        return entry.Sequence != number ? throw Tampered(number, where, $"it calls itself {entry.Sequence}")
            : entry.Environment != environment ? throw Tampered(number, where, $"it is of the ledger of {entry.Environment}")
            : entry with { Hash = hash };
    }

    /// <summary>The text that a line's hash is of, and the hash, which it has.</summary>
    private static (byte[] Body, Digest Hash) Checked(ReadOnlySpan<byte> line, long number, string where)
    {
        if (line.Length <= BodyAt
            || !Digest.TryParse(Encoding.UTF8.GetString(line[Opening.Length..(BodyAt - 2)]), out var hash)
            || !line[..BodyAt].SequenceEqual(Encoding.UTF8.GetBytes($"{Opening}{hash}\",")))
        {
            throw Tampered(number, where, "it does not begin with its hash");
        }

        var body = line[(BodyAt - 1)..].ToArray();
        body[0] = (byte)'{';
        return Digest.Of(body) is var actual && actual == hash ? (body, hash) : throw Tampered(number, where, $"its hash says {hash.Short}, its text gives {actual.Short}");
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

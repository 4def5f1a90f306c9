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
        var entries = ImmutableArray.CreateBuilder<LedgerEntry>();
        while (!text.IsEmpty)
        {
            var end = text.IndexOf((byte)'\n');
            last = ReadOne(end < 0 ? text : text[..end], last, where);
            if (end < 0)
            {
                throw Tampered(last.Sequence, where, "its line has no end");
            }

            if (last.Environment != environment)
            {
                throw Tampered(last.Sequence, where, $"it is of the ledger of {last.Environment}");
            }

            entries.Add(last);
            text = text[(end + 1)..];
        }

        return entries.ToImmutable();
    }

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

    private static LedgerEntry ReadOne(ReadOnlySpan<byte> line, LedgerEntry? last, string where)
    {
        var number = (last?.Sequence ?? 0) + 1;
        if (line.Length <= BodyAt
            || !Digest.TryParse(Encoding.UTF8.GetString(line[Opening.Length..(BodyAt - 2)]), out var hash)
            || !line[..BodyAt].SequenceEqual(Encoding.UTF8.GetBytes($"{Opening}{hash}\",")))
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

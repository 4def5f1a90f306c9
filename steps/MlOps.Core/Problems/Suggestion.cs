namespace MlOps.Core.Problems;

/// <summary>"Did you mean": the known name nearest to what was written.</summary>
public static class Suggestion
{
    /// <summary>More than there are verbs, options of a verb or machine types.</summary>
    private const int MostNames = 40;

    /// <summary><c> Did you mean 'x'?</c>, or the list of what is known where nothing is near; empty without candidates.</summary>
    public static string For(string written, IEnumerable<string> known)
    {
        var names = known.Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal).ToArray();
        if (names.Length == 0)
        {
            return "";
        }

        var nearest = names.MinBy(name => Distance(written.ToLowerInvariant(), name.ToLowerInvariant()))!;
        var (distance, longer) = (Distance(written.ToLowerInvariant(), nearest.ToLowerInvariant()), Math.Max(written.Length, nearest.Length));
        // Names of one letter are all one letter apart.
        return distance <= Math.Max(1, longer / 3) && distance < longer
            ? $" Did you mean '{nearest}'?"
            : $" Known: {string.Join(", ", names.Take(MostNames))}{(names.Length > MostNames ? ", …" : "")}.";
    }

    /// <summary>Edit distance with transpositions of neighbours (optimal string alignment).</summary>
    public static int Distance(string a, string b)
    {
        var rows = new int[a.Length + 1, b.Length + 1];
        for (var i = 0; i <= a.Length; i++)
        {
            for (var j = 0; j <= b.Length; j++)
            {
                rows[i, j] = i == 0 ? j : j == 0 ? i : Cheapest(rows, a, b, i, j);
            }
        }

        return rows[a.Length, b.Length];
    }

    private static int Cheapest(int[,] rows, string a, string b, int i, int j)
    {
        var best = Math.Min(Math.Min(rows[i - 1, j], rows[i, j - 1]) + 1, rows[i - 1, j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1));
        var swapped = i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1];
        return swapped ? Math.Min(best, rows[i - 2, j - 2] + 1) : best;
    }
}

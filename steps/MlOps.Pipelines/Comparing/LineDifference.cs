namespace MlOps.Pipelines.Comparing;

/// <summary>The lines in which two texts differ (longest common subsequence).</summary>
public static class LineDifference
{
    // The table is quadratic; of longer texts the middle between what they begin and end with is told whole.
    private const int Longest = 2000;

    /// <returns>Lines that are gone with <c>-</c>, new ones with <c>+</c>, in order; unchanged ones are left out.</returns>
    public static IEnumerable<(char Mark, string Line)> Of(string before, string after)
    {
        var (old, now) = (before.Split('\n'), after.Split('\n'));
        var start = 0;
        while (start < Math.Min(old.Length, now.Length) && old[start] == now[start])
        {
            start++;
        }

        var end = 0;
        while (end < Math.Min(old.Length, now.Length) - start && old[^(end + 1)] == now[^(end + 1)])
        {
            end++;
        }

        return Middle(old[start..^end], now[start..^end]);
    }

    private static IEnumerable<(char Mark, string Line)> Middle(string[] old, string[] now)
    {
        if (old.Length > Longest || now.Length > Longest)
        {
            return [.. old.Select(line => ('-', line)), .. now.Select(line => ('+', line))];
        }

        var common = new int[old.Length + 1, now.Length + 1];
        for (var i = old.Length - 1; i >= 0; i--)
        {
            for (var j = now.Length - 1; j >= 0; j--)
            {
                common[i, j] = old[i] == now[j] ? common[i + 1, j + 1] + 1 : Math.Max(common[i + 1, j], common[i, j + 1]);
            }
        }

        return Walk(old, now, common);
    }

    private static IEnumerable<(char Mark, string Line)> Walk(string[] old, string[] now, int[,] common)
    {
        var (i, j) = (0, 0);
        while (i < old.Length || j < now.Length)
        {
            if (i < old.Length && j < now.Length && old[i] == now[j])
            {
                (i, j) = (i + 1, j + 1);
            }
            else if (i < old.Length && (j == now.Length || common[i + 1, j] >= common[i, j + 1]))
            {
                yield return ('-', old[i++]);
            }
            else
            {
                yield return ('+', now[j++]);
            }
        }
    }
}

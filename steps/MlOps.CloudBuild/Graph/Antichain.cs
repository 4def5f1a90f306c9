using System.Collections.Immutable;

namespace MlOps.CloudBuild.Graph;

/// <summary>The most steps of which none waits for another.</summary>
internal static class Antichain
{
    /// <param name="before">For each step all those before it, directly or not.</param>
    /// <remarks>By Dilworth's theorem: the steps less the largest matching of steps with later ones.</remarks>
    public static int Largest(ImmutableArray<HashSet<int>> before)
    {
        var matched = new int[before.Length];
        Array.Fill(matched, -1);
        return before.Length - Enumerable.Range(0, before.Length).Count(step => TryMatch(step, before, matched, []));
    }

    private static bool TryMatch(int step, ImmutableArray<HashSet<int>> before, int[] matched, HashSet<int> seen)
    {
        foreach (var earlier in before[step].Where(seen.Add))
        {
            if (matched[earlier] < 0 || TryMatch(matched[earlier], before, matched, seen))
            {
                matched[earlier] = step;
                return true;
            }
        }

        return false;
    }
}

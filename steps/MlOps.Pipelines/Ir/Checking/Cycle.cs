namespace MlOps.Pipelines.Ir.Checking;

/// <summary>Finds a cycle in a graph of names, without recursion: IR may be deep.</summary>
internal static class Cycle
{
    /// <param name="needs">Each name, and those that it needs.</param>
    /// <returns>The names around one cycle, the first again at the end; null where there is none.</returns>
    public static List<string>? Of(Dictionary<string, List<string>> needs)
    {
        var waiting = needs.ToDictionary(pair => pair.Key, pair => pair.Value.Distinct(StringComparer.Ordinal).Count(), StringComparer.Ordinal);
        var followers = needs.SelectMany(pair => pair.Value.Distinct(StringComparer.Ordinal).Select(need => (need, pair.Key))).ToLookup(pair => pair.need, pair => pair.Key, StringComparer.Ordinal);
        var ready = new Queue<string>(waiting.Where(pair => pair.Value == 0).Select(pair => pair.Key));
        while (ready.TryDequeue(out var done))
        {
            waiting.Remove(done);
            foreach (var follower in followers[done].Where(follower => --waiting[follower] == 0))
            {
                ready.Enqueue(follower);
            }
        }

        return waiting.Count == 0 ? null : Walk(needs, waiting);
    }

    // Every name left needs another one left: following them must come round.
    private static List<string> Walk(Dictionary<string, List<string>> needs, Dictionary<string, int> left)
    {
        var path = new List<string> { left.Keys.Order(StringComparer.Ordinal).First() };
        while (true)
        {
            var next = needs[path[^1]].First(left.ContainsKey);
            var at = path.IndexOf(next);
            path.Add(next);
            if (at >= 0)
            {
                return path[at..];
            }
        }
    }
}

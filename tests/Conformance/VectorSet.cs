using System.Text.Json.Nodes;
using MlOps.Testing;

namespace MlOps.Conformance.Tests;

/// <summary>One file of <c>vectors/</c>, for tests of the command; what the libraries make of every case is tested in their own projects.</summary>
internal static class VectorSet
{
    public static JsonObject[] Read(string name) => [.. File.ReadLines(Shared.Path("vectors", name + ".jsonl")).Select(line => JsonNode.Parse(line)!.AsObject())];

    /// <summary>Whether a case may be contested: its answer is not asked for.</summary>
    public static bool IsDoubted(JsonObject vector) => vector["doubt"] is not null;

    /// <summary>The misses of cases that need a process each, a few at a time.</summary>
    /// <param name="miss">Null where the command does as the case says.</param>
    public static async Task<string[]> MissesAsync<T>(IReadOnlyList<T> cases, Func<T, Task<IEnumerable<string>>> miss)
    {
        Assert.NotEmpty(cases);
        var misses = new List<string>[cases.Count];
        var options = new ParallelOptions { MaxDegreeOfParallelism = Environment.ProcessorCount, CancellationToken = TestContext.Current.CancellationToken };
        await Parallel.ForAsync(0, cases.Count, options, async (index, _) => misses[index] = [.. await miss(cases[index])]);
        return [.. misses.SelectMany(found => found)];
    }

    public static void AssertNone(IReadOnlyCollection<string> misses) => Assert.True(misses.Count == 0, $"{misses.Count} misses\n{string.Join('\n', misses)}");
}

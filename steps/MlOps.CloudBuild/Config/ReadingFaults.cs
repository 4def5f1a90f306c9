using System.Collections.Immutable;
using MlOps.Core.Problems;

namespace MlOps.CloudBuild.Config;

/// <summary>When gcloud comes upon a fault; it stops at the first, we go on.</summary>
internal enum FaultPhase
{
    Serializing,
    Decoding,
    Unused,
    Validating,
}

/// <summary>A fault as gcloud words it, and for people.</summary>
/// <param name="Text">gcloud's message without its prefix (<c>interpreting F as build config: </c>).</param>
/// <param name="Path">Of what is unused, as gcloud's walk through the message orders it: <c>.steps[0].options</c>.</param>
internal sealed record ReadingFault(FaultPhase Phase, string Text, SourceSpot Spot, ImmutableArray<Problem> Problems, string Path = "");

/// <summary>The faults of one file, in gcloud's order when they are asked for: the first is the one that gcloud reports.</summary>
internal sealed class ReadingFaults
{
    private readonly List<ReadingFault> _faults = [];

    public bool Any => _faults.Count > 0;

    public IEnumerable<ReadingFault> InOrder => _faults.OrderBy(fault => fault.Phase).ThenBy(fault => fault.Path, Comparer<string>.Create(InWalk));

    public void Add(FaultPhase phase, string text, string code, string forPeople, SourceSpot spot) =>
        _faults.Add(new ReadingFault(phase, text, spot, [Problem.Error(code, forPeople, spot)]));

    /// <summary>What another fault says better to people.</summary>
    public void Add(FaultPhase phase, string text, SourceSpot spot) => _faults.Add(new ReadingFault(phase, text, spot, []));

    public void AddUnused(string path, string text, SourceSpot spot, IEnumerable<Problem> problems) =>
        _faults.Add(new ReadingFault(FaultPhase.Unused, text, spot, [.. problems], path));

    /// <summary>A message before what is in it, fields by name, items by number.</summary>
    private static int InWalk(string left, string right)
    {
        var (a, b) = (left.Split('.', '['), right.Split('.', '['));
        for (var index = 0; index < Math.Min(a.Length, b.Length); index++)
        {
            var order = a[index].EndsWith(']') && b[index].EndsWith(']') && a[index].Length != b[index].Length
                ? a[index].Length - b[index].Length
                : string.CompareOrdinal(a[index], b[index]);
            if (order != 0)
            {
                return order;
            }
        }

        return a.Length - b.Length;
    }
}

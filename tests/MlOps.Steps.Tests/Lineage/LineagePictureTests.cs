using System.Collections.Immutable;
using CsCheck;
using MlOps.Core.Drawing;
using MlOps.Steps.Lineage;

namespace MlOps.Steps.Tests.Lineage;

public sealed class LineagePictureTests
{
    /// <summary>Artifact N is made by execution N, which read any others: whatever a client has written down.</summary>
    private static readonly Gen<WayBack> AnyWay = Gen.Int[1, 7].SelectMany(count => Gen.Int[0, count - 1].Array[0, 4].Array[count].Select(inputs => new WayBack(
        null,
        ["a0"],
        inputs.Select((_, at) => new LineageArtifact($"a{at}", $"a{at}", "", "", [], $"e{at}", [])).ToImmutableDictionary(artifact => artifact.Name),
        inputs.Select((read, at) => new LineageExecution($"e{at}", $"e{at}", "", "COMPLETE", null, [], [.. read.Select(input => $"a{input}").Distinct()], "run")).ToImmutableDictionary(execution => execution.Name),
        ImmutableSortedDictionary<string, LineageRun>.Empty.Add("run", new LineageRun("run", null, null, null, null, ImmutableSortedDictionary<string, string>.Empty)),
        [])));

    [Fact]
    public void Whatever_events_say_it_can_be_drawn_and_printed() => AnyWay.Sample(
        way =>
        {
            var picture = LineagePicture.Of(way);
            Assert.StartsWith("<svg", SvgDrawing.Draw(picture));
            Assert.Equal((2 * way.Artifacts.Count) + 1, picture.Nodes.Length);
            Assert.StartsWith("a0 (no type)", LineageTree.Lines(way).First());
        },
        iter: 300);
}

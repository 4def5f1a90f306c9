using System.Text.Json.Nodes;
using MlOps.Core.Problems;
using MlOps.Pipelines.Components;
using MlOps.Testing;

namespace MlOps.Pipelines.Tests.Conformance;

/// <summary>v1 component.yaml files of the KFP project, and what its SDK makes of them.</summary>
public sealed class ComponentGoldens
{
    [Fact]
    public void Every_component_becomes_what_the_KFP_SDK_makes_of_it()
    {
        var misses = new List<string>();
        foreach (var file in Directory.EnumerateFiles(Shared.Path("goldens", "components"), "*.yaml").Order(StringComparer.Ordinal))
        {
            var problems = new List<Problem>();
            var component = ComponentFile.Parse(Path.GetFileName(file), File.ReadAllText(file), problems);
            var expected = Path.ChangeExtension(file, ".expected.json");
            var difference = (File.Exists(expected), component) switch
            {
                (true, null) => string.Join("; ", problems),
                (true, { } compiled) => JsonDifference.First(JsonNode.Parse(File.ReadAllText(expected)), JsonNode.Parse(PipelineCompiler.Compile(compiled).Bytes)),
                (false, { }) => "is accepted, and should not be: " + File.ReadAllText(Path.ChangeExtension(file, ".error.txt")),
                (false, null) => problems.TrueForAll(problem => problem.Line > 0) ? null : "a problem has no place",
            };
            if (difference is not null)
            {
                misses.Add($"{Path.GetFileName(file)}: {difference}");
            }
        }

        Assert.True(misses.Count == 0, $"{misses.Count} miss:\n{string.Join('\n', misses)}");
    }
}

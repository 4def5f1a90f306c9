using System.Text.Json.Nodes;
using MlOps.Core.Problems;
using MlOps.Testing;

namespace MlOps.Pipelines.Tests.Conformance;

/// <summary>Definitions and the IR that the KFP SDK makes of them.</summary>
public sealed class CompileGoldens
{
    private static readonly CompileOptions AllowTags = new() { AllowTags = true };

    [Fact]
    public void Every_definition_compiles_to_what_the_KFP_SDK_makes_of_it()
    {
        var misses = new List<string>();
        foreach (var folder in Directory.EnumerateDirectories(Shared.Path("goldens", "compile")).Order(StringComparer.Ordinal))
        {
            var problems = new List<Problem>();
            var compiled = PipelineCompiler.Compile(Path.Combine(folder, "pipeline.yaml"), AllowTags, problems);
            var expected = JsonNode.Parse(File.ReadAllText(Path.Combine(folder, "expected.json")));
            var difference = compiled is null ? string.Join("; ", problems) : JsonDifference.First(expected, JsonNode.Parse(compiled.Bytes));
            if (difference is not null)
            {
                misses.Add($"{Path.GetFileName(folder)}: {difference}");
            }
        }

        Assert.True(misses.Count == 0, $"{misses.Count} miss:\n{string.Join('\n', misses)}");
    }

    [Fact]
    public void Every_invalid_definition_is_refused_with_its_place()
    {
        var misses = new List<string>();
        foreach (var folder in Directory.EnumerateDirectories(Shared.Path("goldens", "compile_errors")).Order(StringComparer.Ordinal))
        {
            var problems = new List<Problem>();
            var compiled = PipelineCompiler.Compile(Path.Combine(folder, "pipeline.yaml"), AllowTags, problems);
            if (compiled is not null || !problems.Exists(problem => problem is { Severity: Severity.Error, Line: > 0, Column: > 0 } && problem.File!.EndsWith("pipeline.yaml", StringComparison.Ordinal)))
            {
                misses.Add($"{Path.GetFileName(folder)}: {File.ReadAllText(Path.Combine(folder, "expected_error.json"))}");
            }
        }

        Assert.True(misses.Count == 0, $"{misses.Count} miss:\n{string.Join('\n', misses)}");
    }

    [Fact]
    public void The_definitions_of_the_runs_compile_to_their_IR()
    {
        var misses = new List<string>();
        foreach (var file in Directory.EnumerateFiles(Shared.Path("goldens", "run", "src"), "*.yaml").Order(StringComparer.Ordinal))
        {
            var expected = Path.Combine(Path.GetDirectoryName(file)!, "..", Path.ChangeExtension(Path.GetFileName(file), ".json"));
            var problems = new List<Problem>();
            var compiled = PipelineCompiler.Compile(file, AllowTags, problems);
            if (File.Exists(expected) && (compiled is null ? string.Join("; ", problems) : JsonDifference.First(JsonNode.Parse(File.ReadAllText(expected)), JsonNode.Parse(compiled.Bytes))) is { } difference)
            {
                misses.Add($"{Path.GetFileName(file)}: {difference}");
            }
        }

        Assert.True(misses.Count == 0, $"{misses.Count} miss:\n{string.Join('\n', misses)}");
    }
}

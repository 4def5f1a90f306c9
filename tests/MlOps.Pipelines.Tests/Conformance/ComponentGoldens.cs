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

    /// <summary>The SDK's commonest refusal: an input without a type of KFP's is used by value.</summary>
    [Fact]
    public void Inputs_without_a_type_of_KFPs_are_named_and_taken_for_strings_on_demand()
    {
        var coerced = 0;
        foreach (var error in Directory.EnumerateFiles(Shared.Path("goldens", "components"), "*.error.txt").Where(file => File.ReadAllText(file).Contains("InputVal", StringComparison.Ordinal)))
        {
            var name = Path.GetFileName(error).Replace(".error.txt", ".yaml", StringComparison.Ordinal);
            var text = File.ReadAllText(Path.Combine(Path.GetDirectoryName(error)!, name));
            var problems = new List<Problem>();
            Assert.Null(ComponentFile.Parse(name, text, problems));
            Assert.Contains(problems, problem => problem.Code == "wrong-placeholder" && problem.Message.Contains("--coerce-custom-types", StringComparison.Ordinal) && AtItsTitle(problem, text));

            problems.Clear();
            var component = ComponentFile.Parse(name, text, problems, coerceCustomTypes: true);
            Assert.True(component is not null, $"{name}: {string.Join('\n', problems)}");
            coerced++;
        }

        Assert.True(coerced > 50, $"{coerced}");
    }

    // The place is the title in the placeholder, which the message names first.
    private static bool AtItsTitle(Problem problem, string text)
    {
        var title = problem.Message.Split('\'')[1];
        return text.Split('\n')[problem.Line - 1][(problem.Column - 1)..].TrimStart('\'', '"').StartsWith(title, StringComparison.Ordinal);
    }
}

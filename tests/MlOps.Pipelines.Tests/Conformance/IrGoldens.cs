using System.Text.Json.Nodes;
using MlOps.Core.Problems;
using MlOps.Pipelines.Ir;
using MlOps.Testing;

namespace MlOps.Pipelines.Tests.Conformance;

/// <summary>Pipelines that the KFP SDK compiled, all of them valid.</summary>
public sealed class IrGoldens
{
    [Fact]
    public void Every_valid_pipeline_checks_clean()
    {
        var misses = new List<string>();
        var files = Directory.EnumerateFiles(Shared.Path("goldens", "ir"), "*.*")
            .Concat(Directory.EnumerateFiles(Shared.Path("goldens", "run"), "*.json").Where(file => !file.EndsWith(".expected.json", StringComparison.Ordinal)))
            .Concat(Directory.EnumerateFiles(Shared.Path("goldens", "compile"), "expected.json", SearchOption.AllDirectories))
            .Concat(Directory.EnumerateFiles(Shared.Path("goldens", "components"), "*.expected.json"));
        foreach (var file in files.Where(file => !file.EndsWith(".md", StringComparison.Ordinal)).Order(StringComparer.Ordinal))
        {
            var problems = new List<Problem>();
            if (PipelineFile.Parse(file, File.ReadAllText(file), problems) is { } pipeline)
            {
                PipelineChecker.Check(pipeline, allowTags: true, problems);
            }

            // Three components of KFP's have an empty image.
            misses.AddRange(problems.Where(problem => problem.Severity == Severity.Error && problem.Code != "missing-image").Select(problem => problem.ToString()));
        }

        Assert.True(misses.Count == 0, $"{misses.Count} miss:\n{string.Join('\n', misses)}");
    }

    [Fact]
    public void Arguments_of_every_run_are_judged_as_expected()
    {
        var misses = new List<string>();
        foreach (var file in Directory.EnumerateFiles(Shared.Path("goldens", "run"), "*.expected.json").Order(StringComparer.Ordinal))
        {
            var expected = JsonNode.Parse(File.ReadAllText(file))!;
            var spec = PipelineFile.Parse(file, File.ReadAllText(file.Replace(".expected", "", StringComparison.Ordinal)), [])!.Spec;
            var problems = new List<Problem>();
            PipelineInputs.CheckArguments(spec, expected["args"]!.AsObject(), _ => default, problems);
            if ((problems.Count > 0) != (expected["status"]!.GetValue<string>() == "INVALID"))
            {
                misses.Add($"{Path.GetFileName(file)}: {string.Join("; ", problems)}");
            }
        }

        Assert.True(misses.Count == 0, $"{misses.Count} miss:\n{string.Join('\n', misses)}");
    }
}

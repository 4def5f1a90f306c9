using System.Text.Json.Nodes;
using System.Xml.Linq;
using MlOps.Core.Drawing;
using MlOps.Core.Problems;
using MlOps.Pipelines.Comparing;
using MlOps.Pipelines.Ir;
using MlOps.Pipelines.Pictures;
using MlOps.Testing;

namespace MlOps.Pipelines.Tests.Conformance;

/// <summary>Pipelines that the KFP SDK compiled, all of them valid.</summary>
public sealed class IrGoldens
{
    [Fact]
    public void Every_valid_pipeline_checks_clean()
    {
        var misses = new List<string>();
        foreach (var file in Files())
        {
            var problems = new List<Problem>();
            if (PipelineFile.Parse(file, File.ReadAllText(file), problems) is { } pipeline)
            {
                PipelineChecker.Check(pipeline, allowTags: true, problems);
                PipelineChecker.CheckJob(pipeline, problems);
            }

            // Three components of KFP's have an empty image.
            misses.AddRange(problems.Where(problem => problem.Severity == Severity.Error && problem.Code != "missing-image").Select(problem => problem.ToString()));
        }

        Assert.True(misses.Count == 0, $"{misses.Count} miss:\n{string.Join('\n', misses)}");
    }

    [Fact]
    public void Every_valid_pipeline_can_be_drawn_and_is_no_different_from_itself()
    {
        var misses = new List<string>();
        foreach (var file in Files())
        {
            var spec = PipelineFile.Parse(file, File.ReadAllText(file), [])!.Spec;
            var picture = PipelinePicture.Of(spec);
            var drawn = XDocument.Parse(SvgDrawing.Draw(picture));
            var nodes = drawn.Descendants().Count(element => element.Name.LocalName == "g");
            var changes = PipelineComparison.Of(spec, (JsonObject)spec.DeepClone());
            if (nodes != picture.Nodes.Length + picture.Groups.Length || changes.Length > 0)
            {
                misses.Add($"{file}: {nodes} drawn, {changes.FirstOrDefault()}");
            }
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

    private static IEnumerable<string> Files() => Directory.EnumerateFiles(Shared.Path("goldens", "ir"), "*.*")
        .Concat(Directory.EnumerateFiles(Shared.Path("goldens", "run"), "*.json").Where(file => !file.EndsWith(".expected.json", StringComparison.Ordinal)))
        .Concat(Directory.EnumerateFiles(Shared.Path("goldens", "compile"), "expected.json", SearchOption.AllDirectories))
        .Concat(Directory.EnumerateFiles(Shared.Path("goldens", "components"), "*.expected.json"))
        .Where(file => !file.EndsWith(".md", StringComparison.Ordinal))
        .Order(StringComparer.Ordinal);
}

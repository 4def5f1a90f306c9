using System.Text.RegularExpressions;
using MlOps.Core.Problems;
using MlOps.Testing;

namespace MlOps.Pipelines.Tests.Compilation;

/// <summary>What docs/pipelines.md shows compiles.</summary>
public sealed partial class DocumentationTests
{
    [Fact]
    public void The_examples_of_the_page_compile()
    {
        using var folder = new TemporaryFolder();
        foreach (Match block in Example().Matches(File.ReadAllText(Path.Combine(Shared.Checkout(), "docs", "pipelines.md"))))
        {
            folder.Write(block.Groups["path"].Value, block.Groups["text"].Value);
        }

        var problems = new List<Problem>();
        var compiled = PipelineCompiler.Compile(Path.Combine(folder.Path, "pipelines", "score.yaml"), new CompileOptions { AllowTags = true }, problems);
        Assert.Empty(problems);
        Assert.Equal("score", compiled!.Name);
    }

    [GeneratedRegex("```yaml\n# (?<path>\\S+\\.yaml)\n(?<text>.*?)```", RegexOptions.Singleline)]
    private static partial Regex Example();
}

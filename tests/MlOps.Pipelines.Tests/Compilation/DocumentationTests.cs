using System.Text.RegularExpressions;
using MlOps.Core.Drawing;
using MlOps.Core.Files;
using MlOps.Core.Problems;
using MlOps.Pipelines.Pictures;
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
        IsPicture(SvgDrawing.Draw(PipelinePicture.Of(compiled.Spec)), Path.Combine(Shared.Checkout(), "docs", "pictures", "score.svg"));
    }

    /// <summary>The page's picture is of the page's example.</summary>
    private static void IsPicture(string drawn, string file)
    {
        if (Environment.GetEnvironmentVariable("UPDATE_GOLDEN") is "1")
        {
            AtomicFile.Write(file, drawn);
        }

        Assert.Equal(File.ReadAllText(file), drawn);
    }

    [GeneratedRegex("```yaml\n# (?<path>\\S+\\.yaml)\n(?<text>.*?)```", RegexOptions.Singleline)]
    private static partial Regex Example();
}

using CsCheck;
using MlOps.Core.Problems;
using MlOps.Pipelines.Ir;
using MlOps.Testing;

namespace MlOps.Pipelines.Tests.Compilation;

/// <summary>Whatever is written, the compiler answers; and what it makes checks clean.</summary>
public sealed class CompilerProperties : IDisposable
{
    private readonly Sandbox _pipelines = new();

    public CompilerProperties() => _pipelines.Write("nested.yaml", RichPipeline.Nested);

    [Fact]
    public void The_whole_language_compiles_and_checks_clean()
    {
        var (compiled, problems) = _pipelines.Try(RichPipeline.Tasks);

        Assert.Empty(problems);
        PipelineChecker.Check(compiled!.Spec, path: null, allowTags: true, problems);
        Assert.Empty(problems);
    }

    [Fact]
    public void Any_change_of_words_is_compiled_or_refused_with_a_place()
    {
        var words = RichPipeline.Tasks.Split([' ', '\n', '.', '{', '}'], StringSplitOptions.RemoveEmptyEntries).Distinct(StringComparer.Ordinal).ToArray();

        Gen.Select(Gen.Int[0, words.Length - 1], Gen.Int[0, words.Length - 1], Gen.Bool).Sample(
            (from, to, all) =>
            {
                var at = RichPipeline.Tasks.IndexOf(words[from], StringComparison.Ordinal);
                Judge(all ? RichPipeline.Tasks.Replace(words[from], words[to], StringComparison.Ordinal) : RichPipeline.Tasks[..at] + words[to] + RichPipeline.Tasks[(at + words[from].Length)..]);
            },
            iter: 600,
            threads: 1);
    }

    [Fact]
    public void Any_change_of_characters_is_compiled_or_refused_with_a_place() =>
        Gen.Select(Gen.Int[0, RichPipeline.Tasks.Length - 20], Gen.Int[0, 12], Gen.String[0, 6]).Sample(
            (at, length, text) => Judge(RichPipeline.Tasks[..at] + text + RichPipeline.Tasks[(at + length)..]),
            iter: 600,
            threads: 1);

    [Fact]
    public void Any_well_typed_definition_compiles_and_checks_clean() =>
        Gen.Select(Gen.Int, Gen.Int[1, 30]).Sample(
            (seed, size) =>
            {
                var text = new RandomPipeline(seed, size).Write();
                var problems = new List<Problem>();
                var compiled = PipelineCompiler.Compile(_pipelines.Write("random.yaml", text), new CompileOptions { AllowTags = true }, problems);
                Assert.True(compiled is not null && problems.Count == 0, string.Join('\n', problems) + "\n" + text);
                PipelineChecker.Check(compiled.Spec, path: null, allowTags: true, problems);

                // Chance gives inputs that nothing uses, and conditions within their own contrary.
                Assert.True(problems.TrueForAll(problem => problem.Code is "unused-input" or "never-runs"), string.Join('\n', problems) + "\n" + text);
            },
            iter: 300,
            threads: 1);

    private void Judge(string tasks)
    {
        var (compiled, problems) = _pipelines.Try(tasks);
        var errors = problems.Where(problem => problem.Severity == Severity.Error).ToList();
        Assert.Equal(compiled is null, errors.Count > 0);
        Assert.All(errors, problem => Assert.True(problem is { Line: > 0, File: not null }, problem.ToString()));
        if (compiled is not null)
        {
            PipelineChecker.Check(compiled.Spec, path: null, allowTags: true, errors);
            Assert.DoesNotContain(errors, problem => problem.Severity == Severity.Error);
        }
    }

    public void Dispose() => _pipelines.Dispose();
}

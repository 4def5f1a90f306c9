using System.Text.Json.Nodes;
using MlOps.Core.Problems;
using MlOps.Testing;

namespace MlOps.Pipelines.Tests.Compilation;

/// <summary>A folder with two components, in which tests write and compile definitions.</summary>
internal sealed class Sandbox : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public Sandbox() => PipelineComponents.WriteTo(_folder);

    public string Path => _folder.Path;

    public string Write(string relative, string text) => _folder.Write(relative, text);

    /// <summary>Compiles a definition whose tasks are given; they stand in lines 3 and following.</summary>
    public JsonObject Compile(string tasks, CompileOptions? options = null)
    {
        var (compiled, problems) = Try(tasks, options);
        Assert.True(compiled is not null, string.Join('\n', problems));
        return compiled.Spec;
    }

    public (CompiledPipelineSpec? Compiled, List<Problem> Problems) Try(string tasks, CompileOptions? options = null)
    {
        var problems = new List<Problem>();
        var path = Write("pipeline.yaml", "name: test\ntasks:\n" + tasks.Replace("\r", "", StringComparison.Ordinal));
        return (PipelineCompiler.Compile(path, options ?? new CompileOptions { AllowTags = true }, problems), problems);
    }

    public void Dispose() => _folder.Dispose();
}

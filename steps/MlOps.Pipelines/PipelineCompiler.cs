using MlOps.Core.Problems;

namespace MlOps.Pipelines;

/// <summary>Compiles pipeline definitions (docs: the pipeline definition) and component files to the KFP IR.</summary>
public static class PipelineCompiler
{
    /// <param name="definitionPath">The definition's file; it, what it nests and its components are read.</param>
    /// <param name="options">What else it depends on.</param>
    /// <param name="problems">Receives every problem, with its place; warnings do not stop the compiler.</param>
    /// <returns>The compiled pipeline; null if there is an error.</returns>
    public static CompiledPipelineSpec? Compile(string definitionPath, CompileOptions options, ICollection<Problem> problems) =>
        throw new NotSupportedException("The compiler is being built.");
}

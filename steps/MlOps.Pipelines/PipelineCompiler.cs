using MlOps.Core.Problems;
using MlOps.Pipelines.Compilation;
using MlOps.Pipelines.Components;
using MlOps.Pipelines.Definitions;

namespace MlOps.Pipelines;

/// <summary>Compiles pipeline definitions and components to the KFP IR (PipelineSpec, schema 2.1.0).</summary>
public static class PipelineCompiler
{
    /// <param name="definitionPath">The definition's file; it, what it nests and its components are read.</param>
    /// <param name="options">What else it depends on.</param>
    /// <param name="problems">Receives every problem, with its place; warnings do not stop the compiler.</param>
    /// <returns>The compiled pipeline; null if there is an error.</returns>
    public static CompiledPipelineSpec? Compile(string definitionPath, CompileOptions options, ICollection<Problem> problems) =>
        new Compiler(options, problems).Compile(definitionPath, default);

    /// <summary>Compiles a definition that is at hand already, such as one built in C#.</summary>
    /// <param name="definition">Checked like one from a file.</param>
    /// <param name="definitionPath">Where it would stand: paths in it are relative to this file.</param>
    /// <param name="options">What else it depends on.</param>
    /// <param name="problems">Receives every problem.</param>
    public static CompiledPipelineSpec? Compile(PipelineDefinition definition, string definitionPath, CompileOptions options, ICollection<Problem> problems) =>
        new Compiler(options, problems).Compile(definition, definitionPath);

    /// <summary>Compiles a component alone to a pipeline of one task; a component that is a pipeline is one already.</summary>
    public static CompiledPipelineSpec Compile(ComponentSpec component) => component.Implementation switch
    {
        ContainerImplementation container => ComponentWriter.Pipeline(component, container),
        PipelineImplementation pipeline => new CompiledPipelineSpec(component.Name, pipeline.Spec),
        _ => throw new ArgumentException("An importer alone is no pipeline.", nameof(component)),
    };
}

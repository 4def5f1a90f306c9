using System.Text.Json.Nodes;
using MlOps.Core.Problems;
using MlOps.Pipelines.Ir;
using MlOps.Steps.Project;

namespace MlOps.Steps.Run;

/// <summary>The parameters that an environment runs a pipeline with, checked against what the compiled pipeline takes.</summary>
internal static class RunParameters
{
    /// <param name="problems">Receives what does not fit, at its place in the settings file.</param>
    public static JsonObject Read(JsonObject spec, RunSettings run, ICollection<Problem> problems)
    {
        var (given, spotOf) = Arguments.FromFile(run.ParametersFile, run.Spot);
        return PipelineInputs.CheckArguments(spec, given, spotOf, problems);
    }
}

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
        var (given, spotOf) = Arguments.FromFile(run.ParametersFile);
        var found = new List<Problem>();
        var values = PipelineInputs.CheckArguments(spec, given, found);
        foreach (var problem in found)
        {
            problems.Add(Placed(problem, given, run, spotOf));
        }

        return values;
    }

    /// <summary>The problem at the value that it is about, in the settings file.</summary>
    private static Problem Placed(Problem problem, JsonObject given, RunSettings run, Func<string, SourceSpot> spotOf)
    {
        var name = given.Select(pair => pair.Key).FirstOrDefault(key => problem.Message.Contains($"'{key}'", StringComparison.Ordinal));
        var spot = name is null ? run.ParametersFile is { } file ? new SourceSpot(file, 1, 1) : run.Spot : spotOf(name);
        return problem with { File = spot.File, Line = spot.Line, Column = spot.Column };
    }
}

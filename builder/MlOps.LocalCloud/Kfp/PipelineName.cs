using System.Text.RegularExpressions;
using Grpc.Core;
using MlOps.Core.Problems;
using MlOps.Core.Yaml;
using MlOps.LocalCloud.Hosting;

namespace MlOps.LocalCloud.Kfp;

/// <summary>The name of an uploaded pipeline, which becomes its package.</summary>
internal static partial class PipelineName
{
    /// <summary><c>pipelineInfo.name</c> of a compiled pipeline in JSON or YAML.</summary>
    /// <exception cref="RpcException">INVALID_ARGUMENT: it is not a compiled pipeline, and why.</exception>
    public static string Of(string pipeline)
    {
        List<Problem> problems = [];
        var documents = YamlText.ParseAll(file: null, pipeline, problems);
        if (problems.Find(problem => problem.Severity == Severity.Error) is { } wrong)
        {
            throw Rpc.Invalid($"The pipeline is neither JSON nor YAML: {wrong.Message} (line {wrong.Line}, column {wrong.Column})");
        }

        if (documents is not [YamlMap root, ..] || root["pipelineInfo"] is not YamlMap info || info["name"] is not YamlScalar { Text: var name })
        {
            throw Rpc.Invalid("This is not a compiled pipeline: it has no pipelineInfo.name. Compile it first ('mlops compile', 'kfp dsl compile').");
        }

        return Grammar().IsMatch(name)
            ? name
            : throw Rpc.Invalid($"The pipeline's name '{name}' is not valid: expected up to 128 lower-case letters, digits and '-', not '-' first.");
    }

    [GeneratedRegex("^[a-z0-9][a-z0-9-]{0,127}$", RegexOptions.CultureInvariant)]
    private static partial Regex Grammar();
}

using MlOps.Core.Problems;
using MlOps.Pipelines.Components;

namespace MlOps.Pipelines.Definitions;

/// <summary>The types as definitions write them.</summary>
internal static class DefinitionType
{
    private static readonly string[] Known =
        ["string", "int", "float", "bool", "list", "dict", "Artifact", "Dataset", "Model", "Metrics", "ClassificationMetrics", "SlicedClassificationMetrics", "HTML", "Markdown"];

    /// <summary>The type; null, with a problem, where the name is none.</summary>
    public static DataType? Parse(string written, SourceSpot spot, ICollection<Problem> problems)
    {
        switch (written)
        {
            case "string":
                return DataType.String;
            case "int":
                return DataType.Integer;
            case "float":
                return DataType.Double;
            case "bool":
                return DataType.Boolean;
            case "list":
                return DataType.List;
            case "dict":
                return DataType.Struct;
        }

        if (Array.IndexOf(Known, written) >= 0)
        {
            return DataType.Artifact("system." + written);
        }

        if (V1Type.IsGoogle(written) && written[6] == '.')
        {
            return DataType.Artifact(written);
        }

        problems.Add(Problem.Error("unknown-type", $"There is no type '{written}'.{Suggestion.For(written, Known)}", spot));
        return null;
    }

    /// <summary>For messages: "an integer", "a list", …</summary>
    public static string Wanted(DataType type) => type.Name switch
    {
        "STRING" => "a string",
        "NUMBER_INTEGER" => "an integer",
        "NUMBER_DOUBLE" => "a number",
        "BOOLEAN" => "true or false",
        "LIST" => "a list",
        "STRUCT" => "a map",
        _ => $"an artifact ({type})",
    };
}

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
        if (Parameter(written) is { } parameter)
        {
            return parameter;
        }

        if (Array.IndexOf(Known, written) >= 0)
        {
            return DataType.Artifact("system." + written);
        }

        if (V1Type.IsGoogle(written) && written[6] == '.')
        {
            return DataType.Artifact(written);
        }

        var isGeneric = written.StartsWith("list[", StringComparison.Ordinal) || written.StartsWith("dict[", StringComparison.Ordinal);
        problems.Add(Problem.Error("unknown-type", isGeneric
            ? $"'{written}' is no type: in brackets stands what a list's items or a dict's values are: string, int, float, bool, list or dict, such as list[int]."
            : $"There is no type '{written}'.{Suggestion.For(written, Known)}", spot));
        return null;
    }

    // list[int], dict[float], list[list[int]]: the items' type, for loops and conditions. The IR has LIST and STRUCT only.
    private static DataType? Parameter(string written) => written switch
    {
        "string" => DataType.String,
        "int" => DataType.Integer,
        "float" => DataType.Double,
        "bool" => DataType.Boolean,
        "list" => DataType.List,
        "dict" => DataType.Struct,
        _ when written.Length > 6 && written[4] == '[' && written[^1] == ']' && Parameter(written[5..^1].Trim()) is { } items =>
            written[..4] switch { "list" => DataType.List with { Items = items }, "dict" => DataType.Struct with { Items = items }, _ => null },
        _ => null,
    };

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

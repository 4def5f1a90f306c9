namespace MlOps.LocalCloud.Vertex.Pipelines.Values;

/// <summary>Types of parameters (pipeline_spec.proto, <c>ParameterType.ParameterTypeEnum</c>).</summary>
internal enum ParameterType
{
    /// <summary>An input that the component does not declare: taken as it is.</summary>
    Undeclared,
    String,
    Integer,
    Double,
    Boolean,
    List,
    Struct,
    TaskFinalStatus,
}

internal static class ParameterTypes
{
    /// <summary>Schema 2.1 names, and 2.0's INT and DOUBLE; null where the name is unknown.</summary>
    public static ParameterType? Of(string? name) => name switch
    {
        "STRING" => ParameterType.String,
        "NUMBER_INTEGER" or "INT" => ParameterType.Integer,
        "NUMBER_DOUBLE" or "DOUBLE" => ParameterType.Double,
        "BOOLEAN" => ParameterType.Boolean,
        "LIST" => ParameterType.List,
        "STRUCT" or "TASK_CONFIG" => ParameterType.Struct,
        "TASK_FINAL_STATUS" => ParameterType.TaskFinalStatus,
        _ => null,
    };

    /// <summary>For messages: "an integer".</summary>
    public static string Described(this ParameterType type) => type switch
    {
        ParameterType.String => "a string",
        ParameterType.Integer => "an integer (within ±(2^53−1))",
        ParameterType.Double => "a number",
        ParameterType.Boolean => "true or false",
        ParameterType.List => "a list",
        ParameterType.Struct or ParameterType.TaskFinalStatus => "a map",
        _ => "any value",
    };
}

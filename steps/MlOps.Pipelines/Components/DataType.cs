namespace MlOps.Pipelines.Components;

/// <summary>
/// The type of an input or output as the IR names it (pipeline_spec.proto): a parameter type (<c>STRING</c>,
/// <c>NUMBER_INTEGER</c>, …) or an artifact's schema title (<c>system.Dataset</c>) and version.
/// </summary>
/// <param name="Name">The enum's name for a parameter, the schema title for an artifact.</param>
/// <param name="Version">The artifact's schema version; null for parameters.</param>
/// <param name="IsArtifactList">A list of artifacts, such as what is collected from a loop.</param>
public sealed record DataType(string Name, string? Version = null, bool IsArtifactList = false)
{
    public const string DefaultSchemaVersion = "0.0.1";

    public static readonly DataType String = new("STRING");
    public static readonly DataType Integer = new("NUMBER_INTEGER");
    public static readonly DataType Double = new("NUMBER_DOUBLE");
    public static readonly DataType Boolean = new("BOOLEAN");
    public static readonly DataType List = new("LIST");
    public static readonly DataType Struct = new("STRUCT");
    public static readonly DataType TaskFinalStatus = new("TASK_FINAL_STATUS");
    public static readonly DataType AnyArtifact = Artifact("system.Artifact");

    /// <summary>
    /// The type of a list's items or a map's values, where it is written; null where it is not. It is no part of the type's identity:
    /// the IR knows lists and maps only, and KFP compares the outer type alone (kfp/dsl/types/type_utils.py, get_canonical_name_for_outer_generic).
    /// </summary>
    public DataType? Items { get; init; }

    public bool IsArtifact => Version is not null;

    public bool IsNumber => this == Integer || this == Double;

    public static DataType Artifact(string schemaTitle, string schemaVersion = DefaultSchemaVersion) => new(schemaTitle, schemaVersion);

    public bool Equals(DataType? other) => other is not null && Name == other.Name && Version == other.Version && IsArtifactList == other.IsArtifactList;

    public override int GetHashCode() => HashCode.Combine(Name, Version, IsArtifactList);

    /// <summary>Whether a value of this type may be given where <paramref name="wanted"/> is declared, as KFP's own check has it.</summary>
    public bool Fits(DataType wanted)
    {
        if (!IsArtifact || !wanted.IsArtifact)
        {
            return this == wanted || (this == Struct && wanted == TaskFinalStatus);
        }

        return IsArtifactList == wanted.IsArtifactList
            && (Name == AnyArtifact.Name || wanted.Name == AnyArtifact.Name || (Name == wanted.Name && Major(Version!) == Major(wanted.Version!)));
    }

    /// <summary>As people write it in definitions: <c>int</c>, <c>list[int]</c>, <c>Dataset</c>.</summary>
    public override string ToString()
    {
        var name = Name switch
        {
            "STRING" => "string",
            "NUMBER_INTEGER" => "int",
            "NUMBER_DOUBLE" => "float",
            "BOOLEAN" => "bool",
            "LIST" => "list",
            "STRUCT" => "dict",
            "TASK_FINAL_STATUS" => "PipelineTaskFinalStatus",
            _ => Name.StartsWith("system.", StringComparison.Ordinal) ? Name["system.".Length..] : Name,
        };
        return IsArtifactList ? $"list of {name}" : Items is null ? name : $"{name}[{Items}]";
    }

    private static string Major(string version) => version.Split('.')[0];
}

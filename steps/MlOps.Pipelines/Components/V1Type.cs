using MlOps.Core.Yaml;

namespace MlOps.Pipelines.Components;

/// <summary>The types of v1 component.yaml files, as KFP's compiler maps them to the IR (kfp/dsl/types/type_utils.py).</summary>
internal static class V1Type
{
    /// <summary>What a <c>type:</c> node means. Absent, a map, or a name that is not known is an artifact of any type.</summary>
    public static DataType Of(YamlNode? type, bool isInput)
    {
        if (type is not YamlScalar { Value: string written })
        {
            return DataType.AnyArtifact;
        }

        var name = Outer(written);
        return isInput && name == "PipelineTaskFinalStatus" ? DataType.TaskFinalStatus : Parameter(name) ?? ArtifactOf(name);
    }

    /// <summary>True where the type is a name of the author's own (<c>GCSPath</c>) or none, so that it counts as an artifact.</summary>
    public static bool IsCustom(YamlNode? type) => Of(type, isInput: true) == DataType.AnyArtifact && type is not YamlScalar { Text: "Artifact" or "artifact" };

    // What is in the brackets of typing.List[int] is lost: KFP's loader of v1 components loses it too, so that loops have items of text.
    private static DataType? Parameter(string name) => name.ToLowerInvariant() switch
    {
        "string" or "str" or "text" => DataType.String,
        "integer" or "int" => DataType.Integer,
        "float" or "double" => DataType.Double,
        "bool" or "boolean" => DataType.Boolean,
        "list" or "jsonarray" => DataType.List,
        "dict" or "jsonobject" => DataType.Struct,
        _ => null,
    };

    private static DataType ArtifactOf(string name) => name.ToLowerInvariant() switch
    {
        _ when IsGoogle(name) => DataType.Artifact(name),
        "model" => DataType.Artifact("system.Model"),
        "dataset" => DataType.Artifact("system.Dataset"),
        "metrics" => DataType.Artifact("system.Metrics"),
        "classificationmetrics" => DataType.Artifact("system.ClassificationMetrics"),
        "slicedclassificationmetrics" => DataType.Artifact("system.SlicedClassificationMetrics"),
        "html" => DataType.Artifact("system.HTML"),
        "markdown" => DataType.Artifact("system.Markdown"),
        _ => DataType.AnyArtifact,
    };

    /// <summary><c>^google.[A-Za-z]+$</c>.</summary>
    internal static bool IsGoogle(string name) =>
        name.Length > 7 && name.StartsWith("google", StringComparison.Ordinal) && name[6] != '\n' && name.Skip(7).All(char.IsAsciiLetter);

    // typing.List[str] is a List.
    private static string Outer(string name)
    {
        const string prefix = "typing.";
        if (!name.StartsWith(prefix, StringComparison.Ordinal))
        {
            return name;
        }

        var bracket = name.IndexOf('[', StringComparison.Ordinal);
        return bracket < 0 ? name[prefix.Length..] : name[prefix.Length..bracket];
    }
}

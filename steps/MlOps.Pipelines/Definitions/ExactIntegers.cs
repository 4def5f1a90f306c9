using MlOps.Core.Yaml;
using MlOps.Pipelines.Ir;

namespace MlOps.Pipelines.Definitions;

/// <summary>Integers in YAML that the IR, whose numbers are doubles, cannot hold.</summary>
internal static class ExactIntegers
{
    /// <summary>Those of a value, and of the lists and maps in it.</summary>
    public static IEnumerable<YamlScalar> Beyond(YamlNode node) => node switch
    {
        YamlScalar { Value: long whole } scalar when !IrNumber.IsExact(whole) => [scalar],
        YamlList list => list.Items.SelectMany(Beyond),
        YamlMap map => map.Entries.SelectMany(entry => Beyond(entry.Value)),
        _ => [],
    };

    public static string Message(YamlScalar integer) => $"{integer.Text} is beyond ±(2^53−1), which the IR cannot hold exactly. Write it as a string.";
}

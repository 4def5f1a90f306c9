using MlOps.CloudBuild.Config.Yaml;

namespace MlOps.CloudBuild.Config;

/// <summary>apitools guesses the type of what has no field: it knows scalars and lists of them, and fails at a list that holds a boolean.</summary>
internal static class Variants
{
    public const string Failure = "Variant(BOOL, 8) is not in list";

    public static bool Fails(ConfigValue value) =>
        value is ConfigList list && list.Items.Exists(item => item is ConfigScalar { Value: bool } || Fails(item));

    /// <summary>Entries whose type can be guessed are decoded before the others.</summary>
    public static IEnumerable<ConfigEntry> InOrder(ConfigMap map) =>
        map.Entries.Where(entry => Guessed(entry.Value)).Concat(map.Entries.Where(entry => !Guessed(entry.Value)));

    private static bool Guessed(ConfigValue value) => value switch
    {
        ConfigScalar scalar => scalar.Value is not null,
        ConfigList list => list.Items.Exists(Guessed),
        _ => false,
    };
}

using MlOps.CloudBuild.Config.Yaml;

namespace MlOps.CloudBuild.Config;

/// <summary>gcloud takes what it read through JSON: values without a JSON form are refused there, and keys become strings.</summary>
internal static class JsonForm
{
    public static ConfigValue Of(ConfigValue value, ReadingFaults faults)
    {
        switch (value)
        {
            case ConfigMap map:
                return Of(map, faults);
            case ConfigList list:
                return new ConfigList(list.Spot, list.Items.ConvertAll(item => Of(item, faults)));
            case ConfigScalar { Value: PythonOnly only }:
                var hint = only.Type is "date" or "datetime" ? "put it in quotes, so that it is a string" : "expected a string, a number, a list or a map";
                faults.Add(FaultPhase.Serializing, $"Object of type {only.Type} is not JSON serializable", "wrong-type", $"This is {value.Kind}, which no field takes; {hint}.", value.Spot);
                return new ConfigScalar(value.Spot, "");
            default:
                return value;
        }
    }

    private static ConfigMap Of(ConfigMap map, ReadingFaults faults)
    {
        var dict = new PythonDict();
        foreach (var (key, value) in map.Entries)
        {
            if (Key(key) is { } text)
            {
                dict.Put(text, Of(value, faults));
                continue;
            }

            var type = key is ConfigList ? "tuple" : PythonText.TypeOf(key);
            faults.Add(FaultPhase.Serializing, $"keys must be str, int, float, bool or None, not {type}", "bad-key", $"A key must be a string; this is {key.Kind}.", key.Spot);
        }

        return new ConfigMap(map.Spot, dict.Entries);
    }

    private static ConfigValue? Key(ConfigValue key) => key is not ConfigScalar scalar ? null : scalar.Value switch
    {
        string => key,
        PythonOnly => null,
        null => new ConfigScalar(key.Spot, "null"),
        bool flag => new ConfigScalar(key.Spot, flag ? "true" : "false"),
        double number => new ConfigScalar(key.Spot, number switch
        {
            double.NaN => "NaN",
            double.PositiveInfinity => "Infinity",
            double.NegativeInfinity => "-Infinity",
            _ => PythonText.Float(number),
        }),
        _ => new ConfigScalar(key.Spot, PythonText.Of(key)),
    };
}

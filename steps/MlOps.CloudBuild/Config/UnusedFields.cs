using MlOps.CloudBuild.Config.Yaml;
using MlOps.Core.Problems;

namespace MlOps.CloudBuild.Config;

/// <summary>What a message's map holds that gcloud does not know: keys, and values of enums; told in one line a message.</summary>
internal sealed class UnusedFields(MessageSchema schema, string gcloudPath, ReadingFaults faults)
{
    private readonly List<(string Name, Problem Problem, SourceSpot Spot)> _found = [];

    public void Add(string name, ConfigValue value, SourceSpot spot)
    {
        _found.Add((name, Problem.Error("unknown-key", $"'{name}' is not a field of {schema.Name}.{Suggestion.For(name, schema.Names)}", spot), spot));
        FindVariant(value, spot);
    }

    public void AddEnum(FieldSchema field, ConfigValue value)
    {
        FindVariant(value, value.Spot);
        if (!_found.Exists(unused => unused.Name == field.Name))
        {
            _found.Add((field.Name, Problem.Error("unknown-enum", EnumMessage(field, value), value.Spot), value.Spot));
        }
    }

    public void Report()
    {
        if (_found.Count == 0)
        {
            return;
        }

        var names = _found.ConvertAll(unused => unused.Name);
        names.Sort(string.CompareOrdinal);
        var text = names.Count == 1 ? names[0] : $"{{{string.Join(',', names)}}}";
        faults.AddUnused(gcloudPath, $"{gcloudPath}.{text}: unused", _found[0].Spot, _found.Select(unused => unused.Problem));
    }

    private void FindVariant(ConfigValue value, SourceSpot spot)
    {
        if (Variants.Fails(value))
        {
            faults.Add(FaultPhase.Decoding, Variants.Failure, spot);
        }
    }

    public static string EnumMessage(FieldSchema field, ConfigValue value)
    {
        var names = field.Enum.AddRange(field.Newer);
        return value is ConfigScalar { Value: string written }
            ? $"'{written}' is not a value of '{field.Name}'.{Suggestion.For(written, names)}"
            : $"'{field.Name}' is {value.Kind}; expected one of {string.Join(", ", names)}.";
    }
}

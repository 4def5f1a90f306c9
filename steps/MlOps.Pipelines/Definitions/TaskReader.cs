using System.Collections.Immutable;
using MlOps.Core.Problems;
using MlOps.Core.Yaml;
using MlOps.Pipelines.Components;
using MlOps.Pipelines.Yaml;

namespace MlOps.Pipelines.Definitions;

/// <summary>Reads one task.</summary>
internal sealed class TaskReader(ValueReader values, ICollection<Problem> problems)
{
    private static readonly string[] Targets = ["component", "pipeline", "importer"];
    private static readonly string[] ExitKeys = [.. Targets, "id", "with", "env", "retry", "resources", "caching", "displayName"];
    private static readonly string[] TaskKeys = [.. Targets, "with", "if", "after", "env", "retry", "resources", "caching", "displayName", "ignoreUpstreamFailure"];

    public TaskNode Read(string id, YamlMap map, SourceSpot spot, bool isExit)
    {
        map.OnlyKeys(isExit ? "'onExit'" : $"the task '{id}'", problems, isExit ? ExitKeys : TaskKeys);
        var target = Target(id, map, spot);
        var arguments = Arguments(id, map);
        var condition = !isExit && map.Given("if") is { } node ? new ConditionParser(values, problems).Parse(node) : null;
        var after = isExit ? [] : After(map);
        var settings = new SettingsReader(problems).Read(id, map);
        return new TaskNode(id, target ?? new UnreadableTarget(spot), spot) { With = arguments, If = condition, After = after, Settings = settings };
    }

    private TaskTarget? Target(string id, YamlMap map, SourceSpot spot)
    {
        var given = Targets.Where(key => map.Entry(key) is not null).ToArray();
        if (given.Length != 1)
        {
            problems.Add(Problem.Error("no-target", given.Length == 0
                ? $"The task '{id}' needs 'component': what it runs."
                : $"The task '{id}' has {string.Join(" and ", given)}; a task runs exactly one of them.", given.Length == 0 ? spot : map.Entry(given[1])!.Key.Spot));
            return null;
        }

        var node = map[given[0]]!;
        if (given[0] == "importer")
        {
            if (map.Entry("with") is { } with)
            {
                problems.Add(Problem.Error("unknown-key", $"An importer takes no 'with': '{id}' has its 'uri' and 'metadata' under 'importer'.", with.Key.Spot));
            }

            return Importer(id, node);
        }

        return node.AsText($"'{given[0]}' of the task '{id}'", problems) switch
        {
            null => null,
            "" => Empty(given[0], node),
            var name => given[0] == "component" ? new ComponentTarget(name, node.Spot) : new PipelineTarget(name, node.Spot),
        };
    }

    private TaskTarget? Empty(string key, YamlNode node)
    {
        problems.Add(Problem.Error("no-target", $"'{key}' is empty.", node.Spot));
        return null;
    }

    private ImporterTarget? Importer(string id, YamlNode node)
    {
        if (node.AsMap($"'importer' of the task '{id}'", problems) is not { } map)
        {
            return null;
        }

        map.OnlyKeys("an importer", problems, "uri", "type", "metadata", "reimport");
        var uri = map.Given("uri") is { } written ? values.Argument(written) : null;
        var type = map.Text("type", "An importer's type", problems) is { } name ? DefinitionType.Parse(name, map["type"]!.Spot, problems) : DataType.AnyArtifact;
        if (type is { IsArtifact: false })
        {
            problems.Add(Problem.Error("wrong-type", $"An importer brings in an artifact; '{type}' is a parameter's type.", map["type"]!.Spot));
        }

        if (map.Given("uri") is null)
        {
            problems.Add(Problem.Error("missing-key", "An importer needs 'uri': where the artifact is.", node.Spot));
        }
        else if (uri is not (null or ReferenceValue or ScalarValue { Value: string }))
        {
            problems.Add(Problem.Error("bad-importer", "An importer's uri is a constant string, or one reference and nothing else.", map["uri"]!.Spot));
        }

        var metadata = map.Given("metadata")?.AsMap("An importer's metadata", problems) is { } entries ? Metadata(entries) : null;
        var reimport = map.Flag("reimport", "'reimport'", problems);
        return uri is null || type is null ? null : new ImporterTarget(uri, type, metadata, reimport, node.Spot);
    }

    private MapValue? Metadata(YamlMap map)
    {
        foreach (var key in Keys(map).Where(key => key.Text.Contains("${{", StringComparison.Ordinal)))
        {
            problems.Add(Problem.Error("bad-importer", "The keys of an importer's metadata are constants; only its values may have expressions.", key.Spot));
        }

        return values.Argument(map) as MapValue;
    }

    private static IEnumerable<YamlScalar> Keys(YamlNode node) => node switch
    {
        YamlMap map => map.Entries.SelectMany(entry => Keys(entry.Value).Prepend(entry.Key)),
        YamlList list => list.Items.SelectMany(Keys),
        _ => [],
    };

    private ImmutableArray<Argument> Arguments(string id, YamlMap map)
    {
        var arguments = ImmutableArray.CreateBuilder<Argument>();
        foreach (var entry in map.Given("with")?.AsMap($"'with' of the task '{id}'", problems)?.Entries ?? [])
        {
            // What cannot be read stays given, so that the input does not count as missing, too.
            var value = values.Argument(entry.Value) ?? new ReferenceValue(new UnreadableExpression(entry.Value.Spot), entry.Value.Spot);
            arguments.Add(new Argument(entry.Key.Text, value, entry.Key.Spot));
        }

        return arguments.ToImmutable();
    }

    private ImmutableArray<TaskName> After(YamlMap map)
    {
        var names = ImmutableArray.CreateBuilder<TaskName>();
        foreach (var node in map.Given("after")?.AsList("'after'", problems)?.Items ?? [])
        {
            if (node.AsText("An entry of 'after'", problems) is { } name)
            {
                names.Add(new TaskName(name, node.Spot));
            }
        }

        return names.ToImmutable();
    }
}

using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Nodes;
using CsCheck;
using MlOps.Core.Problems;
using MlOps.LocalCloud.Vertex.Pipelines.Interpreting;
using MlOps.LocalCloud.Vertex.Pipelines.Placeholders;
using MlOps.LocalCloud.Vertex.Pipelines.Spec;
using MlOps.LocalCloud.Vertex.Pipelines.Values;
using MlOps.Pipelines;
using MlOps.Testing;

namespace MlOps.LocalCloud.Tests.Vertex.Pipelines.Interpreting;

/// <summary>Whatever is submitted is refused with its problems or comes to an end; containers are played by values of the declared types.</summary>
public sealed class AnyPipelineTests
{
    private const int MostEvents = 5_000;

    /// <summary>What the KFP SDK compiles from the shared definitions.</summary>
    private static string[] Compiled => [.. Directory.EnumerateFiles(Shared.Path("goldens", "compile"), "expected.json", SearchOption.AllDirectories).Order(StringComparer.Ordinal).Select(File.ReadAllText)];

    [Fact]
    public void What_the_sdk_compiles_runs_to_its_end()
    {
        var ends = Compiled.Select(text => JsonNode.Parse(text)!.AsObject()).Select(json => $"{json["pipelineInfo"]!["name"]}: {Run(json)}").ToArray();

        Assert.All(ends, end => Assert.True(Succeeded(end) || IsMadeUp(end), end));
        Assert.True(ends.Count(Succeeded) > ends.Length * 9 / 10);
    }

    [Fact]
    public void Any_well_typed_definition_compiles_and_runs_to_its_end()
    {
        using var folder = new TemporaryFolder();
        PipelineComponents.WriteTo(folder);
        var ends = new List<string>();
        Gen.Select(Gen.Int, Gen.Int[1, 25]).Sample(
            (seed, size) =>
            {
                var text = new RandomPipeline(seed, size).Write();
                var compiled = PipelineCompiler.Compile(folder.Write("random.yaml", text), new CompileOptions { AllowTags = true }, []);
                var end = "random: " + Run(compiled!.Spec);
                Assert.True(Succeeded(end) || IsMadeUp(end), $"{end}\n{text}");
                ends.Add(end);
            },
            iter: 200,
            threads: 1);
        Assert.True(ends.Count(Succeeded) > ends.Count / 2, $"{ends.Count(Succeeded)} of {ends.Count} succeeded.");
    }

    [Fact]
    public void Any_change_of_a_pipeline_is_refused_or_runs_to_its_end()
    {
        var texts = Compiled;
        var words = texts.SelectMany(text => Nodes(JsonNode.Parse(text)!)).OfType<JsonValue>().Select(value => value.ToJsonString()).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal).ToArray();
        var ends = new Dictionary<string, int>(StringComparer.Ordinal);
        Gen.Select(Gen.Int[0, texts.Length - 1], Gen.Int[0, 1_000_000], Gen.Int[0, 4], Gen.Int[0, words.Length - 1]).Array[1, 3].Sample(
            changes =>
            {
                var json = JsonNode.Parse(texts[changes[0].Item1])!.AsObject();
                foreach (var (_, place, kind, word) in changes)
                {
                    Change(json, place, kind, words[word]);
                }

                var end = Run(json).Split(':')[0];
                ends[end] = ends.GetValueOrDefault(end) + 1;
            },
            iter: 3_000,
            threads: 1);

        // Changes that nothing notices, and changes that are refused, are both there: the test does not pass by refusing all.
        Assert.True(ends.GetValueOrDefault("Succeeded") > 100 && ends.GetValueOrDefault("refused") > 100, string.Join(", ", ends));
    }

    private static bool Succeeded(string end) => end.EndsWith(": Succeeded", StringComparison.Ordinal);

    // Some loops take their items for what the made-up ones are not, and some conditions ask for an input that nobody gave.
    private static bool IsMadeUp(string end) => new[] { "Parameter '", "The selector `", "The condition `" }.Any(reason => end.Contains(reason, StringComparison.Ordinal));

    /// <returns>The state of its end, or <c>refused: …</c>.</returns>
    private static string Run(JsonObject json)
    {
        var problems = new List<Problem>();
        var spec = SpecReader.Read(Json.Of(json), problems);
        if (spec is null)
        {
            Assert.NotEmpty(problems);
            return "refused: " + string.Join("; ", problems);
        }

        var given = spec.Root.InputParameters.Where(pair => pair.Value.Default is null).ToDictionary(pair => pair.Key, pair => Literal(pair.Value), StringComparer.Ordinal);
        var artifacts = spec.Root.InputArtifacts.ToImmutableSortedDictionary(pair => pair.Key, pair => Artifacts(pair.Key, pair.Value), StringComparer.Ordinal);
        var inputs = RootInputs.Resolve(spec.Root, given, artifacts, problems);
        if (problems.Count > 0)
        {
            return "refused: " + string.Join("; ", problems);
        }

        var simulation = new Simulation(spec, (task, _) => Outputs(task.Component), inputs).Begin();
        while (simulation.EndOne())
        {
            Assert.True(simulation.Events.Count < MostEvents, "It does not end.");
        }

        Assert.True(simulation.Run.Root.IsFinal, $"Nothing is due, and it has not ended:\n{string.Join('\n', simulation.States())}\n{json.ToJsonString()}");
        var failed = simulation.Run.Nodes.Where(node => node.Error is not null).Select(node => $"{node.UniqueName}: {node.Error!.Message}");
        return $"{simulation.Run.Root.State}: {string.Join("; ", failed)}".TrimEnd(' ', ':');
    }

    private static Outcome Outputs(Component component) => Outcome.Succeeded(TaskOutputs.Empty with
    {
        Parameters = component.OutputParameters.ToImmutableSortedDictionary(pair => pair.Key, pair => Literal(pair.Value), StringComparer.Ordinal),
        Artifacts = component.OutputArtifacts.ToImmutableSortedDictionary(pair => pair.Key, pair => Artifacts(pair.Key, pair.Value), StringComparer.Ordinal),
    });

    private static JsonElement Literal(ParameterDefinition definition) => definition.Literals.IsDefaultOrEmpty ? Value(definition.Type) : definition.Literals[0];

    // Text that is a list and a map too: a loop may run over it, and parseJson takes it apart.
    private static JsonElement Value(ParameterType type) => Json.Parse(type switch
    {
        ParameterType.Integer => "3",
        ParameterType.Double => "0.5",
        ParameterType.Boolean => "true",
        ParameterType.List => """[{"a": "1", "b": "2"}, {"a": "3", "b": "4"}]""",
        ParameterType.Struct => """{"a": "1", "b": ["2"]}""",
        _ => "\"[]\"",
    });

    private static ImmutableArray<RuntimeArtifact> Artifacts(string name, ArtifactDefinition definition) =>
        [.. Enumerable.Range(0, definition.IsList ? 2 : 1).Select(i => new RuntimeArtifact(name, definition.Type, $"gs://b/{name}/{i}", Json.EmptyMap))];

    private static IEnumerable<JsonNode> Nodes(JsonNode node) => node switch
    {
        JsonObject map => map.Select(pair => pair.Value).OfType<JsonNode>().SelectMany(Nodes).Prepend(map),
        JsonArray list => list.OfType<JsonNode>().SelectMany(Nodes).Prepend(list),
        _ => [node],
    };

    /// <summary>Removes, replaces, renames or repeats something below the top.</summary>
    private static void Change(JsonObject json, int place, int kind, string word)
    {
        var nodes = Nodes(json).Skip(1).ToArray();
        if (nodes.Length == 0)
        {
            return;
        }

        var node = nodes[place % nodes.Length];
        var other = nodes[place / nodes.Length % nodes.Length].DeepClone();
        switch (node.Parent)
        {
            case JsonObject map:
                var key = node.GetPropertyName();
                map.Remove(key);
                map[kind == 3 ? word.Trim('"') : key] = kind switch { 0 => null, 1 => JsonNode.Parse(word), 3 => node, _ => other };
                if (kind == 0)
                {
                    map.Remove(key);
                }

                break;
            case JsonArray list:
                var index = node.GetElementIndex();
                list.RemoveAt(index);
                list.Insert(index, kind == 1 ? JsonNode.Parse(word) : other);
                break;
        }
    }
}

using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using MlOps.Pipelines.Comparing;
using MlOps.Pipelines.Tests.Compilation;

namespace MlOps.Pipelines.Tests.Comparing;

public sealed partial class PipelineComparisonTests : IDisposable
{
    private readonly Sandbox _pipelines = new();

    public PipelineComparisonTests() => _pipelines.Write("nested.yaml", RichPipeline.Nested);

    [Theory]
    [InlineData("rows: {type: int, default: 3}", "rows: {type: int, default: 4}", "Inputs Changed rows default: 3 -> 4")]
    [InlineData("rows: {type: int, default: 3}", "rows: {type: int}", "Inputs Changed rows default: 3 -> ")]
    [InlineData("label: {type: string}", "label: {type: string}\n  seed: {type: float}", "Inputs Added seed:  -> float, required")]
    [InlineData("with: {count: '${{ inputs.rows }}'}", "with: {count: 5}", "Tasks Changed first inputs.count: inputs.rows -> 5")]
    [InlineData("retry: {attempts: 2, backoff: 30s, factor: 2.0, maxBackoff: 1h}", "env: {B: ''}", "Tasks Changed first env.B:  -> |Tasks Changed first retry: 2 times, after 30s x 2, at most 3600s -> ")]
    [InlineData("cpu: '4'", "cpu: '8'", "Tasks Changed first resources.cpu: 4 -> 8")]
    [InlineData("NVIDIA_TESLA_T4, count: 1", "NVIDIA_TESLA_T4, count: 2", "Tasks Changed first resources.accelerator: 1 x NVIDIA_TESLA_T4 -> 2 x NVIDIA_TESLA_T4")]
    [InlineData("caching: {key: k}", "caching: false", "Tasks Changed first caching: by the key 'k' -> off")]
    [InlineData("displayName: The first", "", "Tasks Changed first displayName: The first -> ")]
    [InlineData(">= 1", ">= 2", "Groups Changed if first.outputs.rate >= 2 if: first.outputs.rate >= 1 -> first.outputs.rate >= 2")]
    [InlineData("'run ${{ run.name }} of ${{ inputs.label }}'", "'${{ inputs.label }}'", "Tasks Changed told inputs.text: \"run {{$.pipeline_job_name}} of ${{ inputs.label }}\" -> inputs.label")]
    [InlineData("parallelism: 2", "parallelism: 3", "Groups Changed for each item of inputs.shards parallelism: 2 -> 3")]
    [InlineData("{n: b, k: 2}", "{n: b, k: 3}", "Groups Changed for each item of [{\"k\":1,\"n\":\"a\"},{\"k\":3,\"n\":\"b\"}] items: [{\"k\":1,\"n\":\"a\"},{\"k\":2,\"n\":\"b\"}] -> [{\"k\":1,\"n\":\"a\"},{\"k\":3,\"n\":\"b\"}]")]
    [InlineData("ignoreUpstreamFailure: true", "", "Tasks Changed none runs: whatever happens before it -> ")]
    [InlineData("caching: false}", "after: [given]}", "Tasks Changed nested after:  -> given|Tasks Changed nested caching: off -> on")]
    [InlineData("type: Dataset, metadata", "type: Model, metadata", "Tasks Changed given importer.typeSchema: …|Tasks Changed given outputs.artifact: type: Dataset -> Model")]
    [InlineData("words: ${{ collected(tasks.score.outputs.word) }}", "", "Outputs Removed words: list from collected(score.outputs.word) -> ")]
    [InlineData("nested: ${{ tasks.nested.outputs.word }}", "nested: ${{ tasks.last.outputs.word }}", "Outputs Changed nested: string from nested/first.outputs.word -> string from last.outputs.word")]
    [InlineData("  given: {importer", "  more: {component: use, with: {size: 1}}\n  given: {importer", "Tasks Added more:  -> use")]
    public void What_an_edit_of_a_definition_changes_is_told_and_nothing_else(string text, string instead, string expected)
    {
        Assert.Contains(text, RichPipeline.Tasks, StringComparison.Ordinal);
        var before = _pipelines.Compile(RichPipeline.Tasks);
        var after = _pipelines.Compile(RichPipeline.Tasks.Replace(text, instead, StringComparison.Ordinal));

        var told = PipelineComparison.Of(before, after).Select(change => $"{change.Part} {change.Kind} {change.Subject}{(change.Field is null ? "" : " " + change.Field)}: {change.Before} -> {change.After}").Order(StringComparer.Ordinal).ToArray();
        var pattern = string.Join('\n', expected.Split('|').Order(StringComparer.Ordinal).Select(line => "^" + Regex.Escape(line).Replace("…", "[^\n]*", StringComparison.Ordinal) + "$"));
        Assert.Matches(new Regex(pattern, RegexOptions.Multiline), string.Join('\n', told));
        Assert.True(told.Length == expected.Split('|').Length, string.Join('\n', told));
    }

    [Fact]
    public void A_renamed_task_is_told_once_and_what_uses_it_not_at_all()
    {
        var before = _pipelines.Compile(RichPipeline.Tasks);
        _pipelines.Write("components/make/component.yaml", File.ReadAllText(Path.Combine(_pipelines.Path, "components", "make", "component.yaml")).Replace("image: make", "image: make:v2", StringComparison.Ordinal));
        var after = _pipelines.Compile(RichPipeline.Tasks.Replace("  first:", "  primary:", StringComparison.Ordinal).Replace("tasks.first.", "tasks.primary.", StringComparison.Ordinal).Replace("[first]", "[primary]", StringComparison.Ordinal));

        Assert.Equal(
            [new PipelineChange(PipelinePart.Images, ChangeKind.Changed, "make", null, "make", "make:v2"), new PipelineChange(PipelinePart.Tasks, ChangeKind.Renamed, "primary", null, "first", "primary")],
            PipelineComparison.Of(before, after).Select(change => change with { Tasks = [] }));
    }

    [Fact]
    public void A_new_group_before_the_others_renumbers_them_and_that_is_no_difference()
    {
        var before = _pipelines.Compile(RichPipeline.Tasks);
        var after = _pipelines.Compile("  a-task: {component: use, if: \"${{ inputs.rows }} > 7\"}\n" + RichPipeline.Tasks);

        Assert.Equal(["Added if inputs.rows > 7", "Added a-task"], PipelineComparison.Of(before, after).Select(change => $"{change.Kind} {change.Subject}").OrderDescending(StringComparer.Ordinal));
    }

    /// <summary>Every single value of a compiled pipeline is changed in turn: what is not told is only what compilers name or derive.</summary>
    [Fact]
    public void No_change_of_a_value_goes_untold()
    {
        var json = _pipelines.Compile(RichPipeline.Tasks).ToJsonString();
        var before = JsonNode.Parse(json)!.AsObject();
        var untold = new List<string>();
        foreach (var path in Leaves(before, ""))
        {
            var after = JsonNode.Parse(json)!.AsObject();
            Change(after, path.Split('\n'));
            if (PipelineComparison.Of(before, after).IsEmpty && !Derived().IsMatch(path.Replace('\n', '/')))
            {
                untold.Add(path.Replace('\n', '/'));
            }
        }

        Assert.True(untold.Count == 0, string.Join('\n', untold));
    }

    private static IEnumerable<string> Leaves(JsonNode? node, string path) => node switch
    {
        JsonObject map => map.SelectMany(pair => Leaves(pair.Value, path.Length == 0 ? pair.Key : $"{path}\n{pair.Key}")),
        JsonArray list => list.Index().SelectMany(item => Leaves(item.Item, $"{path}\n{item.Index}")),
        _ => [path],
    };

    private static void Change(JsonNode node, string[] path)
    {
        foreach (var key in path[..^1])
        {
            node = node is JsonArray list ? list[int.Parse(key)]! : node[key]!;
        }

        var value = node is JsonArray items ? items[int.Parse(path[^1])] : node[path[^1]];
        JsonNode changed = value!.GetValueKind() switch
        {
            JsonValueKind.String => JsonValue.Create(value.GetValue<string>() + "x"),
            JsonValueKind.Number => JsonValue.Create(value.GetValue<double>() + 1),
            _ => JsonValue.Create(value.GetValueKind() != JsonValueKind.True),
        };
        if (node is JsonArray target)
        {
            target[int.Parse(path[^1])] = changed;
        }
        else
        {
            node[path[^1]] = changed;
        }
    }

    // Who compiled it; what numbered groups hand on; an order that data gives already; a default makes an input optional; the deprecated
    // numbers beside amounts; an input that nothing gives.
    [GeneratedRegex("^sdkVersion$|comp-(condition|for-loop)[^/]*/(in|out)putDefinitions/|/dependentTasks/|(comp-first|root)/inputDefinitions/parameters/(count|rows|shards)/isOptional$|resources/(cpuLimit|memoryLimit|accelerator/(type|count))$|comp-nested/dag/tasks/first/inputs/artifacts/data/componentInputArtifact$")]
    private static partial Regex Derived();

    public void Dispose() => _pipelines.Dispose();
}

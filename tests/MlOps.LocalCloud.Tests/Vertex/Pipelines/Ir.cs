using System.Collections.Immutable;
using System.Text.Json.Nodes;
using MlOps.Core.Problems;
using MlOps.LocalCloud.Vertex.Pipelines.Interpreting;
using MlOps.LocalCloud.Vertex.Pipelines.Spec;
using MlOps.LocalCloud.Vertex.Pipelines.Values;

namespace MlOps.LocalCloud.Tests.Vertex.Pipelines;

/// <summary>Writes small pipelines as IR.</summary>
internal static class Ir
{
    public static readonly DateTimeOffset Time = new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);

    public static readonly RunFacts Facts = new("projects/p/locations/l/pipelineJobs/run-1", "run-1", "uuid", "gs://b/root", Time, FailFast: false);

    /// <summary>Components, executors and the root's graph, as JSON texts without their outer braces.</summary>
    public static JsonObject Pipeline(string components, string executors, string root) => JsonNode.Parse($$"""
        {"pipelineInfo": {"name": "test"}, "schemaVersion": "2.1.0",
         "components": { {{components}} },
         "deploymentSpec": {"executors": { {{executors}} } },
         "root": { {{root}} } }
        """)!.AsObject();

    /// <summary>A component that runs a shell script in busybox; further arguments of the script are <c>$0</c>, <c>$1</c> ….</summary>
    public static string Component(string name, string definitions = "") => $$"""
        "comp-{{name}}": {"executorLabel": "exec-{{name}}" {{(definitions.Length > 0 ? ", " + definitions : "")}} }
        """;

    public static string Shell(string name, string script, params string[] arguments) => $$"""
        "exec-{{name}}": {"container": {"image": "busybox:1.36", "command": ["sh", "-ec", {{JsonValue.Create(script).ToJsonString()}}], "args": {{new JsonArray([.. arguments.Select(argument => (JsonNode?)JsonValue.Create(argument))]).ToJsonString()}} } }
        """;

    public static string Task(string name, string rest = "", string? component = null) => $$"""
        "{{name}}": {"taskInfo": {"name": "{{name}}"}, "componentRef": {"name": "comp-{{component ?? name}}"} {{(rest.Length > 0 ? ", " + rest : "")}} }
        """;

    /// <summary>The root's graph of these tasks; its output <c>result</c> is the task's <c>out</c>.</summary>
    public static string Root(IEnumerable<string> tasks, string? result = null, string? parameter = null)
    {
        var outputs = result is null ? "" : ", \"outputs\": {\"parameters\": {\"result\": {\"valueFromParameter\": {\"producerSubtask\": \"" + result + "\", \"outputParameterKey\": \"out\"}}}}";
        var inputs = parameter is null ? "" : ", \"inputDefinitions\": {\"parameters\": {\"" + parameter + "\": {\"parameterType\": \"STRING\"}}}";
        return "\"dag\": {\"tasks\": {" + string.Join(", ", tasks) + "}" + outputs + "}" + inputs;
    }

    /// <summary>A task's input parameter from another task's <c>out</c>.</summary>
    public static string FromTask(string task, string input = "x") =>
        "\"inputs\": {\"parameters\": {\"" + input + "\": {\"taskOutputParameter\": {\"producerTask\": \"" + task + "\", \"outputParameterKey\": \"out\"}}}}";

    public static PipelineSpec Read(JsonObject json)
    {
        var problems = new List<Problem>();
        var spec = SpecReader.Read(Json.Of(json), problems);
        Assert.True(spec is not null, string.Join('\n', problems));
        return spec;
    }

    public static IReadOnlyList<string> Problems(JsonObject json)
    {
        var problems = new List<Problem>();
        Assert.Null(SpecReader.Read(Json.Of(json), problems));
        return [.. problems.Select(problem => problem.Message)];
    }

    public static TaskInputs Inputs(params (string Name, string Json)[] parameters) =>
        TaskInputs.Empty with { Parameters = parameters.ToImmutableSortedDictionary(pair => pair.Name, pair => Json.Parse(pair.Json), StringComparer.Ordinal) };
}

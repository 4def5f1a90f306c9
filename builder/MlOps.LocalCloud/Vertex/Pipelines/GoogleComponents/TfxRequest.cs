using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Nodes;
using MlOps.LocalCloud.Vertex.Pipelines.Executing;
using MlOps.LocalCloud.Vertex.Pipelines.Placeholders;
using MlOps.LocalCloud.Vertex.Pipelines.Spec;
using MlOps.LocalCloud.Vertex.Pipelines.Values;

namespace MlOps.LocalCloud.Vertex.Pipelines.GoogleComponents;

/// <summary>What a task of TFX would send to Dataflow or BigQuery: its Beam arguments and its executor's class tell (tfx/orchestration/kubeflow/v2/step_builder.py).</summary>
internal static class TfxRequest
{
    private const string EntryPoint = "tfx.orchestration.kubeflow.v2.container.kubeflow_v2_run_executor", ClassPath = "--executor_class_path", BigQueryExtension = ".google_cloud_big_query.";

    /// <summary>Null: it calls neither, and runs.</summary>
    /// <exception cref="TaskFaultException">An argument has no value.</exception>
    public static RemoteRequest? Of(TaskRequest request, Executor.Container executor)
    {
        if (!executor.Command.Contains(EntryPoint, StringComparer.Ordinal) && !executor.Args.Contains(ClassPath, StringComparer.Ordinal))
        {
            return null;
        }

        var input = request.ExecutorInput();
        var args = new ContainerArguments(new TaskPlaceholders(request.Run, request.Task, request.Component, input)).Expand(executor.Args);
        var project = Option(args, "--project") ?? request.Parent.Split('/')[1];
        if (Option(args, "--runner") is "DataflowRunner")
        {
            var beam = args.Where((_, index) => index >= args.IndexOf(ClassPath) + 4).Where(arg => arg.StartsWith("--", StringComparison.Ordinal) && arg.Contains('=', StringComparison.Ordinal));
            return new RemoteRequest(
                "Dataflow (--runner=DataflowRunner)", "POST", $"https://dataflow.googleapis.com/v1b3/projects/{project}/locations/{Option(args, "--region") ?? request.Parent.Split('/')[3]}/jobs",
                new JsonObject { ["pipeline_options"] = new JsonArray([.. beam.Select(arg => (JsonNode?)JsonValue.Create(arg))]) },
                "The body is Beam's, made of the graph that the executor builds under these options. With --runner=DirectRunner the task runs here.");
        }

        return Option(args, ClassPath)?.Contains(BigQueryExtension, StringComparison.Ordinal) is true
            ? new RemoteRequest("BigQuery", "POST", $"https://bigquery.googleapis.com/bigquery/v2/projects/{project}/jobs", Queries(input), "Beam's BigQuery source sends it, a job for each query.")
            : null;
    }

    private static string? Option(ImmutableArray<string> args, string name)
    {
        var at = args.IndexOf(name);
        return at >= 0 && at + 1 < args.Length ? args[at + 1] : args.FirstOrDefault(arg => arg.StartsWith($"{name}=", StringComparison.Ordinal))?[(name.Length + 1)..];
    }

    // A query stands where files' patterns would: input_config.splits[].pattern.
    private static JsonNode? Queries(ExecutorInput input)
    {
        try
        {
            var config = input.Parameters.TryGetValue("input_config", out var text) ? JsonNode.Parse(Coercion.Text(text)) : null;
            var jobs = (config?["splits"]?.AsArray() ?? []).Select(split => (JsonNode?)new JsonObject { ["configuration"] = new JsonObject { ["query"] = new JsonObject { ["query"] = split?["pattern"]?.DeepClone(), ["useLegacySql"] = false } } }).ToArray();
            return jobs is [var only] ? only : new JsonArray(jobs);
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException)
        {
            return null;
        }
    }
}

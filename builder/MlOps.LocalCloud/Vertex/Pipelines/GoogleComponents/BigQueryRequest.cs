using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace MlOps.LocalCloud.Vertex.Pipelines.GoogleComponents;

/// <summary>The job that a BigQuery component would insert (container/v1/bigquery/utils/bigquery_util.py).</summary>
internal static class BigQueryRequest
{
    /// <param name="component">Such as <c>query_job</c>, <c>predict_model</c>.</param>
    public static RemoteRequest Of(string component, Launcher launcher)
    {
        var url = $"https://www.googleapis.com/bigquery/v2/projects/{launcher.Required("project")}/jobs";
        var settings = launcher["job_configuration_query_override"] is { Length: > 0 } given ? PayloadJson.WithoutEmpty(PayloadJson.Read("job_configuration_query_override", given)) : [];
        if (Composed(component, launcher) is { } query)
        {
            settings["query"] = query;
        }

        if (settings["query"] is null && Query(PayloadJson.Read("payload", launcher.Required("payload")))["query"] is null)
        {
            return new RemoteRequest("BigQuery", "POST", url, RemoteRequest.Arguments(launcher), $"The query is made of these arguments by {launcher.Module}.");
        }

        return new RemoteRequest("BigQuery", "POST", url, Job(launcher, settings));
    }

    private static JsonObject Job(Launcher launcher, JsonObject settings)
    {
        var job = PayloadJson.Read("payload", launcher.Required("payload"));
        var query = Query(job);
        foreach (var (key, value) in settings)
        {
            query[key] = value?.DeepClone();
        }

        job = PayloadJson.WithoutEmpty(job);
        if (job["configuration"]!["query"]!["useLegacySql"]?.GetValueKind() == JsonValueKind.True)
        {
            throw new TaskFaultException("The component refuses legacy SQL (useLegacySql); use standard SQL.");
        }

        job["configuration"]!["query"]!["useLegacySql"] = false;
        if (launcher["location"] is { Length: > 0 } location)
        {
            job["jobReference"] = new JsonObject { ["location"] = location };
        }

        return job;
    }

    private static JsonObject Query(JsonObject job)
    {
        if (job["configuration"] is not JsonObject configuration)
        {
            job["configuration"] = configuration = [];
        }

        if (configuration["query"] is not JsonObject query)
        {
            configuration["query"] = query = [];
        }

        return query;
    }

    private static string? Composed(string component, Launcher launcher) => component switch
    {
        "predict_model" => $"SELECT * FROM ML.PREDICT(MODEL `{launcher.Required("model_name")}`, {(launcher["table_name"] is { Length: > 0 } table ? $"TABLE {Quoted(table)}" : $"({launcher["query_statement"]})")}{Threshold(launcher)})",
        "evaluate_model" => $"SELECT * FROM ML.EVALUATE(MODEL {Quoted(launcher.Required("model_name"))}{(launcher["query_statement"] is { Length: > 0 } statement ? $", ({statement})" : launcher["table_name"] is { Length: > 0 } rows ? $", TABLE {Quoted(rows)}" : "")}{Threshold(launcher)})",
        "export_model" => $"EXPORT MODEL {Quoted(launcher.Required("model_name"))} OPTIONS(URI=\"{launcher["model_destination_path"]}\",add_serving_default_signature=True)",
        _ => null,
    };

    private static string Threshold(Launcher launcher) =>
        double.TryParse(launcher["threshold"], NumberStyles.Float, CultureInfo.InvariantCulture, out var threshold) && threshold is > 0 and < 1 ? $", STRUCT({launcher["threshold"]} AS threshold)" : "";

    private static string Quoted(string name) => name.StartsWith('`') ? name : $"`{name}`";
}

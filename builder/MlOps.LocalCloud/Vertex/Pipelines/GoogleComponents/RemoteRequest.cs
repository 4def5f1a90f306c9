using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using MlOps.LocalCloud.Vertex.Pipelines.Placeholders;
using MlOps.LocalCloud.Vertex.Pipelines.Values;

namespace MlOps.LocalCloud.Vertex.Pipelines.GoogleComponents;

/// <summary>The call that a launcher would make of a service that is not here.</summary>
/// <param name="Service">For people.</param>
/// <param name="Body">Null: none.</param>
/// <param name="Remark">What is not known without the service; empty for nothing.</param>
internal sealed record RemoteRequest(string Service, string Method, string Url, JsonNode? Body, string Remark = "")
{
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true, Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <exception cref="TaskFaultException">The payload cannot be read.</exception>
    public static RemoteRequest Of(Launcher launcher, ExecutorInput input, DateTimeOffset now)
    {
        var name = launcher.Module[(launcher.Module.IndexOf('.', StringComparison.Ordinal) + 1)..].Replace(".launcher", "", StringComparison.Ordinal);
        return name switch
        {
            _ when name.StartsWith("bigquery.", StringComparison.Ordinal) => BigQueryRequest.Of(name["bigquery.".Length..], launcher),
            _ when name.StartsWith("dataproc.", StringComparison.Ordinal) => Dataproc(launcher, now),
            "dataflow.flex_template" => FlexTemplate(launcher),
            _ when name.StartsWith("dataflow.", StringComparison.Ordinal) => Dataflow(launcher),
            "batch_prediction_job" => Vertex(launcher, "POST", $"{Parent(launcher)}/batchPredictionJobs", Payload(launcher)) with { Service = "BigQuery, as the input or output of a BatchPredictionJob" },
            "endpoint.create_endpoint" => Vertex(launcher, "POST", $"{Parent(launcher)}/endpoints", Payload(launcher)),
            "endpoint.delete_endpoint" => Vertex(launcher, "DELETE", Name(launcher, "endpoint"), body: null),
            "endpoint.deploy_model" => Vertex(launcher, "POST", $"{Name(launcher, "endpoint")}:deployModel", Payload(launcher)),
            "endpoint.undeploy_model" => Vertex(launcher, "POST", $"{Name(launcher, "endpoint")}:undeployModel", Payload(launcher), "It would first read the endpoint for the id under which the model is deployed (deployed_model_id)."),
            "model.upload_model" => Vertex(launcher, "POST", $"{Parent(launcher)}/models:upload", UploadModel(launcher, input)),
            "model.delete_model" => Vertex(launcher, "DELETE", Name(launcher, "model").Split('@')[0], body: null),
            "model.export_model" => Vertex(launcher, "POST", $"{Name(launcher, "name")}:export", Payload(launcher)),
            _ when name.StartsWith("automl_training_job.", StringComparison.Ordinal) => Vertex(launcher, "POST", $"{Parent(launcher)}/trainingPipelines", Arguments(launcher), "The training pipeline is made of these arguments."),
            _ => Vertex(launcher, "POST", Parent(launcher), launcher["payload"].Length > 0 ? Payload(launcher) : Arguments(launcher), $"The exact path is known to {launcher.Module} alone."),
        };
    }

    /// <summary>For the task's error.</summary>
    public string Told(string task) =>
        $"The task '{task}' calls {Service}, which the local cloud does not have; nothing was sent. It would have sent:\n{Method} {Url}" + (Body is null ? "" : $"\n{Body.ToJsonString(Indented)}") + (Remark.Length == 0 ? "" : $"\n{Remark}");

    /// <summary>The arguments of a launcher that makes its request itself.</summary>
    public static JsonObject Arguments(Launcher launcher) => new(launcher.Arguments.Where(pair => pair.Key is not ("executor_input" or "gcp_resources" or "type" or "project" or "location"))
        .OrderBy(pair => pair.Key, StringComparer.Ordinal).Select(pair => KeyValuePair.Create(pair.Key, (JsonNode?)JsonValue.Create(pair.Value))));

    private static JsonObject Payload(Launcher launcher) => PayloadJson.WithoutEmpty(PayloadJson.Read("payload", launcher.Required("payload")));

    private static string Parent(Launcher launcher) => $"projects/{launcher.Required("project")}/locations/{launcher.Required("location")}";

    private static string Name(Launcher launcher, string field) =>
        Payload(launcher)[field]?.ToString() is { Length: > 0 } name ? name : throw new TaskFaultException($"--payload has no '{field}'.");

    private static RemoteRequest Vertex(Launcher launcher, string method, string path, JsonObject? body, string remark = "")
    {
        var location = path.Split('/') is ["projects", _, "locations", var found, ..] ? found : launcher["location"];
        return new RemoteRequest($"Vertex AI ({launcher["type"]})", method, $"https://{location}-aiplatform.googleapis.com/v1/{path}", body, remark);
    }

    // upload_model/remote_runner.py: a model that is no resource yet comes as an artifact.
    private static JsonObject UploadModel(Launcher launcher, ExecutorInput input)
    {
        var model = PayloadJson.Read("payload", launcher.Required("payload"));
        if (input.Artifacts.TryGetValue("unmanaged_container_model", out var artifacts) && artifacts is [var artifact, ..])
        {
            var metadata = Json.Node(artifact.Metadata);
            model["predict_schemata"] = PayloadJson.SnakeCase(metadata?["predictSchemata"]);
            model["container_spec"] = PayloadJson.SnakeCase(metadata?["containerSpec"]);
            model["artifact_uri"] = artifact.Uri;
        }

        var body = new JsonObject { ["model"] = PayloadJson.WithoutEmpty(model) };
        if (launcher["parent_model_name"] is { Length: > 0 } parent)
        {
            body["parent_model"] = parent.Split('@')[0];
        }

        return body;
    }

    // dataproc/utils/dataproc_util.py.
    private static RemoteRequest Dataproc(Launcher launcher, DateTimeOffset now)
    {
        var isGiven = launcher["batch_id"].Length > 0;
        var id = isGiven ? launcher["batch_id"] : string.Create(CultureInfo.InvariantCulture, $"{launcher.Required("type").ToLowerInvariant()}-{now.UtcDateTime:yyyyMMddHHmmss}-{Guid.NewGuid().ToString("N")[..8]}");
        return new RemoteRequest("Dataproc", "POST", $"https://dataproc.googleapis.com/v1/{Parent(launcher)}/batches/?batchId={id}", Payload(launcher), isGiven ? "" : "The batch id was made up, as no batch_id is given.");
    }

    // preview/dataflow/flex_template/remote_runner.py.
    private static RemoteRequest FlexTemplate(Launcher launcher) =>
        new("Dataflow", "POST", $"https://dataflow.googleapis.com/v1b3/{Parent(launcher)}/flexTemplates:launch", Payload(launcher));

    // dataflow/dataflow_python_job_remote_runner.py: the request is Beam's, made of the graph that the file builds.
    private static RemoteRequest Dataflow(Launcher launcher)
    {
        var given = launcher["args"] is { Length: > 0 } list && Json.Node(Json.Parse(list)) is JsonArray items ? items.Select(item => item?.ToString() ?? "") : [];
        string[] command =
        [
            "python3", "-u", launcher.Required("python_module_path"), "--runner", "DataflowRunner", "--project", launcher.Required("project"), "--region", launcher.Required("location"),
            "--temp_location", launcher.Required("temp_location"), .. given,
        ];
        var requirements = launcher["requirements_file_path"] is { Length: > 0 } file ? $" after pip install -r {file}" : "";
        return new RemoteRequest(
            "Dataflow", "POST", $"https://dataflow.googleapis.com/v1b3/{Parent(launcher)}/jobs", new JsonObject { ["command"] = new JsonArray([.. command.Select(part => (JsonNode?)JsonValue.Create(part))]) },
            $"The body is Beam's, made of the graph that the file builds: the launcher would run this command{requirements}, and Beam would send it.");
    }
}

using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json.Nodes;
using Google.Cloud.AIPlatform.V1;
using Google.Protobuf;
using MlOps.LocalCloud.Hosting;
using MlOps.LocalCloud.Vertex.Running;

namespace MlOps.LocalCloud.Vertex.Jobs.Work;

/// <summary>
/// What Vertex AI tells a replica: its variables (vertex-ai/docs/training, "Environment variables for your cluster" and
/// custom_job.proto, <c>base_output_directory</c>), its command and arguments.
/// </summary>
internal sealed class Cluster(WorkRequest request, string instance)
{
    public const string MetricFile = "/tmp/hypertune/output.metrics";
    private const int Port = 2222;

    // TF_CONFIG's names for the four pools.
    private static readonly ImmutableArray<string> TaskNames = ["chief", "worker", "ps", "evaluator"];

    /// <summary>The replica's name as a host.</summary>
    public string Host(Replica replica) => $"cmle-training-workerpool{replica.Pool}-{request.Unique(instance)}-{replica.Index}";

    public ImmutableDictionary<string, string> Environment(Replica replica)
    {
        var project = request.Job.Split('/')[1];
        var variables = ImmutableDictionary.CreateBuilder<string, string>(StringComparer.Ordinal);
        variables["CLOUD_ML_PROJECT_ID"] = ProjectNumber.Of(project);
        variables["CLOUD_ML_JOB_ID"] = JobKinds.Id(request.Job);
        variables["CLUSTER_SPEC"] = Describe(pool => $"workerpool{pool}", replica, withEvaluators: true);
        if (request.Replicas.Length > 1)
        {
            variables["TF_CONFIG"] = Describe(pool => TaskNames[pool], replica, withEvaluators: false);
        }

        if (request.OutputFolder is { } folder)
        {
            variables["AIP_MODEL_DIR"] = $"{folder}/model/";
            variables["AIP_CHECKPOINT_DIR"] = $"{folder}/checkpoints/";
            variables["AIP_TENSORBOARD_LOG_DIR"] = $"{folder}/logs/";
        }

        if (request.Trial.Length > 0)
        {
            variables["CLOUD_ML_TRIAL_ID"] = request.Trial;
            variables["CLOUD_ML_HP_METRIC_FILE"] = MetricFile;
        }

        foreach (var variable in replica.Environment)
        {
            variables[variable.Name] = VariableReferences.Expand(variable.Value, variables);
        }

        return variables.ToImmutable();
    }

    /// <summary>Entrypoint and command as the engine has them; null: the image's.</summary>
    public (ImmutableArray<string>? Entrypoint, ImmutableArray<string>? Command) Command(Replica replica)
    {
        if (replica.Spec.PythonPackageSpec is { } python)
        {
            return (PythonEntrypoint(python), [.. python.Args, .. request.Arguments]);
        }

        var container = replica.Spec.ContainerSpec;
        ImmutableArray<string> args = [.. container.Args, .. request.Arguments];
        return (container.Command.Count == 0 ? null : [.. container.Command], args.IsEmpty ? null : args);
    }

    private static ImmutableArray<string> PythonEntrypoint(PythonPackageSpec python)
    {
        var packages = string.Join(' ', python.PackageUris.Select(uri => $"'/gcs/{uri["gs://".Length..]}'"));
        return ["sh", "-c", $"python3 -m pip install --no-input --disable-pip-version-check {packages} && exec python3 -m {python.PythonModule} \"$@\"", "sh"];
    }

    private string Describe(Func<int, string> poolName, Replica replica, bool withEvaluators)
    {
        var cluster = new JsonObject();
        foreach (var pool in request.Replicas.Where(member => withEvaluators || member.Pool < 3).GroupBy(member => member.Pool))
        {
            cluster[poolName(pool.Key)] = new JsonArray([.. pool.Select(member => (JsonNode?)JsonValue.Create(string.Create(CultureInfo.InvariantCulture, $"{Host(member)}:{Port}")))]);
        }

        var task = new JsonObject { ["type"] = poolName(replica.Pool), ["index"] = replica.Index };
        if (request.Trial.Length > 0)
        {
            task["trial"] = request.Trial;
        }

        return new JsonObject { ["cluster"] = cluster, ["environment"] = "cloud", ["task"] = task, ["job"] = JsonNode.Parse(Names.Format(request.Spec)) }.ToJsonString();
    }

    // Vertex AI writes the spec with the proto's own field names.
    private static readonly JsonFormatter Names = new(JsonFormatter.Settings.Default.WithPreserveProtoFieldNames(true));
}

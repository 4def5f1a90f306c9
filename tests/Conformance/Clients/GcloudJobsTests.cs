using System.Text.Json.Nodes;

namespace MlOps.Conformance.Tests.Clients;

/// <summary>The real `gcloud ai` against a real local cloud and the machine's engine.</summary>
[Trait("speed", "slow")]
public sealed class GcloudJobsTests(GcloudCloud gcloud) : IClassFixture<GcloudCloud>
{
    private const string Region = "--region=us-central1";

    [Fact]
    public async Task Custom_jobs_are_created_listed_described_and_cancelled()
    {
        GcloudCloud.EngineRequired();
        var config = gcloud.Write("job.yaml", $"""
            workerPoolSpecs:
            - machineSpec: {"{machineType: n1-standard-4}"}
              replicaCount: 1
              containerSpec: {"{"}imageUri: '{GcloudCloud.Image}', command: [sh, -c], args: ['echo from the job; echo "$AIP_MODEL_DIR"; sleep 600']{"}"}
            baseOutputDirectory: {"{outputUriPrefix: gs://by-gcloud/out}"}
            """);
        var name = await gcloud.OkAsync("ai", "custom-jobs", "create", Region, "--display-name=by-file", $"--config={config}", "--labels=team=ml", "--format=value(name)");
        await gcloud.OkAsync("ai", "custom-jobs", "create", Region, "--display-name=by-flag", $"--worker-pool-spec=machine-type=n1-standard-4,replica-count=1,container-image-uri={GcloudCloud.Image}", "--command=sleep", "--args=0");
        string printed;
        do
        {
            printed = await gcloud.OkAsync("logging", "read", $"resource.type=\"ml_job\" AND resource.labels.job_id=\"{name.Split('/')[^1]}\"", "--order=asc", "--format=value(severity,jsonPayload.message)");
        }
        while (printed.Split('\n').Length < 2);
        Assert.Equal("INFO\tfrom the job\nINFO\tgs://by-gcloud/out/model/", printed);
        await gcloud.OkAsync("ai", "custom-jobs", "cancel", name, Region);
        JsonNode described;
        do
        {
            described = JsonNode.Parse(await gcloud.OkAsync("ai", "custom-jobs", "describe", name, Region, "--format=json"))!;
        }
        while (described["state"]!.ToString() is not ("JOB_STATE_CANCELLED" or "JOB_STATE_FAILED"));
        Assert.Equal(("JOB_STATE_CANCELLED", "ml"), (described["state"]!.ToString(), described["labels"]!["team"]!.ToString()));
        Assert.Equal("by-file", await gcloud.OkAsync("ai", "custom-jobs", "list", Region, "--filter=displayName=by-file AND state=JOB_STATE_CANCELLED", "--format=value(displayName)"));
    }

    [Fact]
    public async Task Tuning_jobs_are_created_listed_and_described()
    {
        GcloudCloud.EngineRequired();
        const string script = """mkdir -p /tmp/hypertune; printf '{"global_step": "1", "score": "%s"}\n' "${0#--x=}" > /tmp/hypertune/output.metrics""";
        var config = gcloud.Write("tune.json", new JsonObject
        {
            ["studySpec"] = JsonNode.Parse("""{"metrics": [{"metricId": "score", "goal": "MAXIMIZE"}], "parameters": [{"parameterId": "x", "doubleValueSpec": {"minValue": 0, "maxValue": 4}}]}"""),
            ["trialJobSpec"] = new JsonObject { ["workerPoolSpecs"] = new JsonArray(new JsonObject { ["machineSpec"] = new JsonObject { ["machineType"] = "n1-standard-4" }, ["replicaCount"] = "1", ["containerSpec"] = new JsonObject { ["imageUri"] = GcloudCloud.Image, ["command"] = new JsonArray("sh", "-ec", script) } }) },
        }.ToJsonString());
        var name = await gcloud.OkAsync("ai", "hp-tuning-jobs", "create", Region, "--display-name=tuned", $"--config={config}", "--max-trial-count=2", "--parallel-trial-count=2", "--format=value(name)");
        JsonNode described;
        do
        {
            described = JsonNode.Parse(await gcloud.OkAsync("ai", "hp-tuning-jobs", "describe", name, Region, "--format=json"))!;
        }
        while (described["state"]!.ToString() is not ("JOB_STATE_SUCCEEDED" or "JOB_STATE_FAILED"));
        Assert.Equal("2.0 1.0", string.Join(' ', described["trials"]!.AsArray().Select(trial => trial!["finalMeasurement"]!["metrics"]![0]!["value"]!.ToString())));
        Assert.Equal("tuned", await gcloud.OkAsync("ai", "hp-tuning-jobs", "list", Region, "--format=value(displayName)"));
    }
}

using System.Text.Json.Nodes;

namespace MlOps.LocalCloud.Tests.Hosting;

/// <summary>Requests over REST that Google refuses, in its words.</summary>
public sealed class StrictRequestsTests(TestCloud cloud) : IClassFixture<TestCloud>
{
    private const string Jobs = "/v1/projects/local/locations/us-central1/pipelineJobs", Builds = "/v1/projects/local/builds";

    [Theory]
    [InlineData(Jobs, """{"x": 1}""", "pipeline_job", "Invalid JSON payload received. Unknown name \"x\" at 'pipeline_job': Cannot find field.")]
    [InlineData(Jobs, """{"runtimeConfig": {"y": {}}}""", "pipeline_job.runtime_config", "Invalid JSON payload received. Unknown name \"y\" at 'pipeline_job.runtime_config': Cannot find field.")]
    [InlineData(Jobs, """{"labels": {"a": "1", "b": 2}}""", "pipeline_job.labels[1].value", "Invalid value at 'pipeline_job.labels[1].value' (TYPE_STRING), 2")]
    [InlineData(Jobs, """{"runtimeConfig": {"failurePolicy": "FAST"}}""", "pipeline_job.runtime_config.failure_policy", "Invalid value at 'pipeline_job.runtime_config.failure_policy' (type.googleapis.com/google.cloud.aiplatform.v1.PipelineFailurePolicy), \"FAST\"")]
    [InlineData(Jobs, """{"pipelineSpec": "text"}""", "pipeline_job.pipeline_spec", "Invalid value at 'pipeline_job.pipeline_spec' (type.googleapis.com/google.protobuf.Struct), \"text\"")]
    [InlineData(Jobs, """{"displayName": ["a"]}""", "pipeline_job", "Invalid JSON payload received. Unknown name \"displayName\" at 'pipeline_job': Proto field is not repeating, cannot start list.")]
    [InlineData(Jobs, """{"displayName": {"a": 1}}""", "pipeline_job.display_name", "Invalid value at 'pipeline_job.display_name' (TYPE_STRING), Starting an object on a scalar field")]
    [InlineData(Builds, """{"steps": [{"name": "a"}, {"name": "b", "time": "1s"}]}""", "build.steps[1]", "Invalid JSON payload received. Unknown name \"time\" at 'build.steps[1]': Cannot find field.")]
    [InlineData(Builds, """{"steps": [{"name": "a", "timeout": "1 s"}]}""", "build.steps[0].timeout", "Invalid value at 'build.steps[0].timeout' (type.googleapis.com/google.protobuf.Duration), \"1 s\"")]
    [InlineData(Builds, """{"options": {"diskSizeGb": "x"}}""", "build.options.disk_size_gb", "Invalid value at 'build.options.disk_size_gb' (TYPE_INT64), \"x\"")]
    [InlineData(Builds, """{"source": {"storageSource": {}, "repoSource": {}}}""", "build.source", "Invalid value at 'build.source' (oneof), oneof field 'source' is already set. Cannot set 'repoSource'")]
    [InlineData("/v1/projects/local/locations/us-central1/customJobs", """{"jobSpec": {"workerPoolSpecs": [{"replicaCount": 1.5}]}}""", "custom_job.job_spec.worker_pool_specs[0].replica_count", "Invalid value at 'custom_job.job_spec.worker_pool_specs[0].replica_count' (TYPE_INT64), 1.5")]
    [InlineData($"{Jobs}:batchCancel", """{"names": [], "force": true}""", "", "Invalid JSON payload received. Unknown name \"force\": Cannot find field.")]
    public async Task A_body_is_refused(string path, string body, string field, string message)
    {
        var refusal = await cloud.PostAsync(path, body);
        Assert.Equal((400, "INVALID_ARGUMENT"), (refusal.Status, refusal.Json["error"]!["status"]!.ToString()));
        Assert.Equal(message, refusal.Json["error"]!["message"]!.ToString());
        var detail = Assert.Single(refusal.Json["error"]!["details"]!.AsArray())!;
        Assert.Equal("type.googleapis.com/google.rpc.BadRequest", detail["@type"]!.ToString());
        Assert.Equal(field, detail["fieldViolations"]![0]!["field"]?.ToString() ?? "");
        Assert.Equal(message, detail["fieldViolations"]![0]!["description"]!.ToString());
    }

    [Fact]
    public async Task All_faults_of_a_request_are_named_at_once()
    {
        var refusal = await cloud.PostAsync($"{Jobs}?pipelineId=a", """{"x": 1, "runtimeConfig": {"y": 2, "failurePolicy": "z"}}""");
        Assert.Equal(400, refusal.Status);
        Assert.Equal(4, refusal.Json["error"]!["details"]![0]!["fieldViolations"]!.AsArray().Count);
        Assert.Equal(4, refusal.Json["error"]!["message"]!.ToString().Split('\n').Length);
    }

    [Theory]
    [InlineData("pipelineId=a", "Invalid JSON payload received. Unknown name \"pipelineId\": Cannot bind query parameter. Field 'pipelineId' could not be found in request message.")]
    [InlineData("pageSize=x", "Invalid value at 'page_size' (TYPE_INT32), \"x\"")]
    [InlineData("filter.x=1", "Invalid JSON payload received. Unknown name \"filter.x\": Cannot bind query parameter. Field 'x' could not be found in request message.")]
    public async Task A_query_parameter_is_refused(string query, string message)
    {
        var refusal = await cloud.GetAsync($"{Jobs}?{query}");
        Assert.Equal(400, refusal.Status);
        Assert.Equal(message, refusal.Json["error"]!["message"]!.ToString());
    }

    [Theory]
    [InlineData("alt=json&$alt=json&key=k&prettyPrint=false&$prettyPrint=true&fields=*&$fields=a&access_token=t&quotaUser=u&callback=c&uploadType=media&upload_protocol=raw&$.xgafv=2&oauth_token=t")]
    [InlineData("pageSize=2&page_token=&filter=&readMask=name&orderBy=create_time")]
    public async Task What_every_API_takes_and_the_call_s_own_parameters_go_through(string query) => (await cloud.GetAsync($"{Jobs}?{query}")).Ok();

    [Fact]
    public async Task Structs_are_free_and_both_forms_of_a_name_and_null_are_taken()
    {
        var job = (await cloud.PostAsync($"{Jobs}?pipeline_job_id=free", """
            {"display_name": "free", "encryptionSpec": null, "runtimeConfig": {"gcs_output_directory": "gs://local/root", "parameterValues": {}, "failurePolicy": 2}, "pipelineSpec": {
              "pipelineInfo": {"name": "free"}, "schemaVersion": "2.1.0", "sdkVersion": "x", "nobodyKnows": [null, {"x": 1}],
              "root": {"dag": {"tasks": {}}}, "components": {}, "deploymentSpec": {"executors": {}}}}
            """)).Ok();
        Assert.Equal("free", job["displayName"]);
        Assert.Equal("PIPELINE_FAILURE_POLICY_FAIL_FAST", job.Json["runtimeConfig"]!["failurePolicy"]!.ToString());
        Assert.IsType<JsonArray>(job.Json["pipelineSpec"]!["nobodyKnows"]);
    }
}

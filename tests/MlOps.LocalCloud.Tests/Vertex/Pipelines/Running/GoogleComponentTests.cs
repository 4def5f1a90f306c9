using System.Text.Json.Nodes;
using Google.Cloud.AIPlatform.V1;
using MlOps.LocalCloud.Tests.Vertex.Jobs;

namespace MlOps.LocalCloud.Tests.Vertex.Pipelines.Running;

/// <summary>Tasks made of Google Cloud Pipeline Components, in the IR that the KFP SDK compiles them to. Their own image is not there.</summary>
public sealed class GoogleComponentTests(TestVertex vertex) : IClassFixture<TestVertex>
{
    private const string Project = "{{$.pipeline_google_cloud_project_id}}", Location = "{{$.pipeline_google_cloud_location}}";
    private const string Resources = """ "gcp_resources": {"parameterType": "STRING"} """;

    /// <summary>A pipeline of one component; its inputs are defaults, as in a component that is used without arguments.</summary>
    private static JsonObject Pipeline(string module, JsonArray args, (string Name, string Type, string Json)[] inputs, string outputs = "", string task = "", string before = "", string beforeExecutor = "", string beforeComponent = "")
    {
        var declared = string.Join(", ", inputs.Select(input => $$"""
            "{{input.Name}}": {"parameterType": "{{input.Type}}", "defaultValue": {{input.Json}}, "isOptional": true}
            """));
        var command = new JsonArray("python3", "-u", "-m", $"google_cloud_pipeline_components.container.{module}");
        return Ir.Pipeline(
            beforeComponent + $$"""
            "comp-job": {"executorLabel": "exec-job", "inputDefinitions": {"parameters": { {{declared}} } {{(before.Length > 0 ? """, "artifacts": {"unmanaged_container_model": {"artifactType": {"schemaTitle": "google.UnmanagedContainerModel", "schemaVersion": "0.0.1"}, "isOptional": true}}""" : "")}} },
                         "outputDefinitions": { {{(outputs.Length > 0 ? outputs : $$""" "parameters": { {{Resources}} } """)}} } }
            """,
            beforeExecutor + $$"""
            "exec-job": {"container": {"image": "gcr.io/ml-pipeline/google-cloud-pipeline-components:2.17.0", "command": {{command.ToJsonString()}}, "args": {{args.ToJsonString()}} } }
            """,
            Ir.Root(before.Length > 0 ? [before, Ir.Task("job", task)] : [Ir.Task("job", task)]));
    }

    private static JsonArray Args(string type, string payload, params string[] more) =>
        [.. new[] { "--type", type, "--payload", payload, "--project", Project, "--location", "{{$.inputs.parameters['location']}}", "--gcp_resources", "{{$.outputs.parameters['gcp_resources'].output_file}}" }.Concat(more).Select(text => (JsonNode?)JsonValue.Create(text))];

    private static readonly (string, string, string) LocationInput = ("location", "STRING", JsonValue.Create(Location).ToJsonString());

    /// <summary>v1/custom_job/component.py.</summary>
    private static JsonObject CustomJob(string pools, (string, string, string)[]? more = null, string outputs = "", string timeout = "604800s") => Pipeline(
        "v1.custom_job.launcher",
        Args("CustomJob", """{"display_name": "{{$.inputs.parameters['display_name']}}", "job_spec": {"worker_pool_specs": {{$.inputs.parameters['worker_pool_specs']}}, "scheduling": {"timeout": "{{$.inputs.parameters['timeout']}}", "restart_job_on_worker_restart": false, "strategy": "STANDARD", "max_wait_duration": "86400s"}, "service_account": "", "tensorboard": "", "enable_web_access": false, "network": "", "reserved_ip_ranges": [], "base_output_directory": {"output_uri_prefix": ""}, "persistent_resource_id": "{{$.inputs.parameters['persistent_resource_id']}}", "psc_interface_config": {}}, "labels": {}, "encryption_spec": {"kms_key_name": ""}}"""),
        [LocationInput, ("display_name", "STRING", "\"train\""), ("worker_pool_specs", "LIST", pools), ("timeout", "STRING", JsonValue.Create(timeout).ToJsonString()), ("persistent_resource_id", "STRING", "\"{{$.pipeline_persistent_resource_id}}\""), .. more ?? []],
        outputs);

    private static string Pool(string script, string args = "[]") => $$"""
        [{"machine_spec": {"machine_type": "n1-standard-4"}, "replica_count": 1, "container_spec": {"image_uri": "busybox:1.36", "command": ["sh", "-ec", {{JsonValue.Create(script).ToJsonString()}}], "args": {{args}}, "env": []}, "disk_spec": {"boot_disk_type": "pd-ssd", "boot_disk_size_gb": 100} }]
        """;

    private static string Resource(PipelineJob job, string type)
    {
        var resource = JsonNode.Parse(JsonNode.Parse(job.Output("gcp_resources", "job")!)!.GetValue<string>())!["resources"]![0]!;
        Assert.Equal(type, resource["resourceType"]!.ToString());
        const string prefix = "https://us-central1-aiplatform.googleapis.com/v1/";
        Assert.StartsWith(prefix, resource["resourceUri"]!.ToString());
        return resource["resourceUri"]!.ToString()[prefix.Length..];
    }

    [Fact]
    public async Task A_custom_training_job_runs_as_a_job_of_JobService()
    {
        await using var engine = await TestVertex.EngineAsync(TestVertex.Busybox);
        var job = await vertex.RunAsync(CustomJob(Pool($"echo trained > /gcs/{Specs.Bucket}/trained")));

        job.Succeeded();
        Assert.Equal("trained\n", vertex.Read($"gs://{Specs.Bucket}/trained"));
        var custom = await vertex.GetJobAsync(Resource(job, "CustomJob"));
        Assert.Equal((JobState.Succeeded, "train"), (custom.State, custom.DisplayName));
        Assert.Equal(604800, custom.JobSpec.Scheduling.Timeout.Seconds);
        Assert.Null(custom.JobSpec.Scheduling.MaxWaitDuration);
        Assert.Empty(await vertex.ContainersAsync());
    }

    [Fact]
    public async Task A_component_made_into_a_custom_job_reads_its_inputs_and_gives_its_outputs()
    {
        await using var engine = await TestVertex.EngineAsync(TestVertex.Busybox);

        // create_custom_training_job_from_component: the executor's input stands escaped in the worker pools' default.
        var pools = Pool("echo \"$1\" | grep -q '\"n\":5' && printf %s \"$0-ok\" > \"$2\"", """["{{$.inputs.parameters['x']}}", "{{$.json_escape[1]}}", "{{$.outputs.parameters['out'].output_file}}"]""");
        var job = await vertex.RunAsync(CustomJob(pools, [("x", "STRING", "\"value\""), ("n", "NUMBER_INTEGER", "5")], $$""" "parameters": { {{Resources}}, "out": {"parameterType": "STRING"} } """));

        job.Succeeded();
        Assert.Equal("\"value-ok\"", job.Output("out", "job"));
    }

    [Fact]
    public async Task A_failing_job_fails_its_task_and_a_repeated_attempt_is_another_job()
    {
        await using var engine = await TestVertex.EngineAsync(TestVertex.Busybox);
        var spec = CustomJob(Pool("echo broken; exit 3"));
        spec["root"]!["dag"]!["tasks"]!["job"]!["retryPolicy"] = JsonNode.Parse("""{"maxRetryCount": 1, "backoffDuration": "0s"}""");
        var job = await vertex.RunAsync(spec);

        Assert.Equal(PipelineState.Failed, job.State);
        var errors = job.Task("job").PipelineTaskStatus.Where(status => status.Error is not null).Select(status => status.Error.Message).ToList();
        Assert.Equal(2, errors.Distinct().Count());
        Assert.All(errors, error => Assert.Matches("Its job projects/test/locations/us-central1/customJobs/[0-9]{19} ended with JOB_STATE_FAILED: The replica workerpool0-0 exited with a non-zero status of 3.*\nbroken", error));
    }

    [Fact]
    public async Task Cancelling_the_run_cancels_the_job_and_a_restart_finds_it_again()
    {
        await using var engine = await TestVertex.EngineAsync(TestVertex.Busybox);
        await using var own = new TestVertex();
        await own.InitializeAsync();
        async Task<string> StartedAsync(PipelineJob job)
        {
            CustomJob? found = null;
            async Task<bool> RunsAsync()
            {
                found = (await own.Jobs.ListCustomJobsAsync(new ListCustomJobsRequest { Parent = TestVertex.Parent, Filter = $"display_name=\"{job.DisplayName}\" AND state=\"JOB_STATE_RUNNING\"" }, cancellationToken: TestVertex.Cancel)).CustomJobs.FirstOrDefault();
                return found is not null;
            }

            await TestVertex.HoldsAsync(RunsAsync, $"'{job.DisplayName}' did not start");
            await own.JobPrintedAsync(found!.Name, "workerpool0-0", "ready");
            return found.Name;
        }

        var spec = CustomJob(Pool($"echo begun >> /gcs/{Specs.Bucket}/log; echo ready; until test -e /gcs/{Specs.Bucket}/go; do sleep 0.1; done"));
        spec["components"]!["comp-job"]!["inputDefinitions"]!["parameters"]!["display_name"]!["defaultValue"] = "test";
        var picked = await own.CreateAsync(own.Job(spec));
        await StartedAsync(picked);
        await own.RestartAsync();
        own.Write($"gs://{Specs.Bucket}/go", "");
        (await own.EndedAsync(picked.Name)).Succeeded();
        Assert.Equal("begun\n", own.Read($"gs://{Specs.Bucket}/log"));

        File.Delete(Path.Combine(own.StorageFolder, Specs.Bucket, "go"));
        var cancelled = await own.CreateAsync(own.Job(spec));
        var name = await StartedAsync(cancelled);
        await own.Client.CancelPipelineJobAsync(new CancelPipelineJobRequest { Name = cancelled.Name }, cancellationToken: TestVertex.Cancel);
        Assert.Equal(PipelineState.Cancelled, (await own.EndedAsync(cancelled.Name)).State);
        Assert.Equal(JobState.Cancelled, (await own.GetJobAsync(name)).State);
        Assert.Empty(await own.ContainersAsync());
    }

    [Fact]
    public async Task A_tuning_job_runs_its_trials()
    {
        await using var engine = await TestVertex.EngineAsync(TestVertex.Busybox);
        var script = "mkdir -p /tmp/hypertune; printf '{\"global_step\": \"1\", \"score\": \"%s\"}\\n' \"${0#--n=}\" > /tmp/hypertune/output.metrics";
        var job = await vertex.RunAsync(Pipeline(
            "v1.hyperparameter_tuning_job.launcher",
            Args("HyperparameterTuningJob", """{"Concat": ["{", "\"display_name\": \"", "{{$.inputs.parameters['display_name']}}", "\"", ", \"study_spec\": {", "\"metrics\": ", "{{$.inputs.parameters['metrics']}}", ", \"parameters\": ", "{{$.inputs.parameters['parameters']}}", ", \"algorithm\": \"GRID_SEARCH\", \"measurement_selection_type\": \"BEST_MEASUREMENT\"}", ", \"max_trial_count\": 3, \"parallel_trial_count\": 2, \"max_failed_trial_count\": 0", ", \"trial_job_spec\": {\"worker_pool_specs\": ", "{{$.inputs.parameters['worker_pool_specs']}}", ", \"service_account\": \"\", \"network\": \"\", \"base_output_directory\": {\"output_uri_prefix\": \"\"}}", ", \"encryption_spec\": {\"kms_key_name\":\"\"}}"]}"""),
            [LocationInput, ("display_name", "STRING", "\"tune\""), ("metrics", "LIST", """[{"metric_id": "score", "goal": "MAXIMIZE"}]"""), ("parameters", "LIST", """[{"parameter_id": "n", "discrete_value_spec": {"values": [1, 4]}}]"""), ("worker_pool_specs", "LIST", Pool(script))]));

        job.Succeeded();
        var tuned = await vertex.Jobs.GetHyperparameterTuningJobAsync(new GetHyperparameterTuningJobRequest { Name = Resource(job, "HyperparameterTuningJob") }, cancellationToken: TestVertex.Cancel);
        Assert.Equal([1, 4], tuned.Trials.Select(trial => trial.FinalMeasurement.Metrics[0].Value));
    }

    [Fact]
    public async Task A_batch_prediction_by_a_model_that_is_an_artifact_gives_its_artifacts()
    {
        await using var engine = await TestVertex.EngineAsync("python:3.11-slim");
        vertex.Write($"gs://{Specs.Bucket}/ask.jsonl", "1\n2\n");
        const string server = "import json, os\nfrom http.server import *\nclass H(BaseHTTPRequestHandler):\n  def do_GET(self): self.send_response(200); self.end_headers()\n  def do_POST(self):\n    b = json.dumps({'predictions': json.loads(self.rfile.read(int(self.headers['Content-Length'])))['instances']}).encode(); self.send_response(200); self.end_headers(); self.wfile.write(b)\nHTTPServer(('0.0.0.0', int(os.environ['AIP_HTTP_PORT'])), H).serve_forever()";
        var container = new JsonObject { ["imageUri"] = "python:3.11-slim", ["command"] = new JsonArray("python3", "-c", server) };
        var model = $$"""
            "exec-model": {"importer": {"artifactUri": {"constant": "gs://models/m"}, "typeSchema": {"schemaTitle": "google.UnmanagedContainerModel", "schemaVersion": "0.0.1"}, "metadata": {"containerSpec": {{container.ToJsonString()}} } } },
            """;
        var artifacts = string.Join(", ", new[] { ("batchpredictionjob", "google.VertexBatchPredictionJob"), ("bigquery_output_table", "google.BQTable"), ("gcs_output_directory", "system.Artifact") }.Select(pair => $$"""
            "{{pair.Item1}}": {"artifactType": {"schemaTitle": "{{pair.Item2}}", "schemaVersion": "0.0.1"} }
            """));
        var payload = """{"Concat": ["{\"display_name\": \"", "{{$.inputs.parameters['job_display_name']}}", "\", ", "{\"IfPresent\": {\"InputName\": \"model\", \"Then\": {\"Concat\": [\"\\\"model\\\": \\\"\", \"{{$.inputs.artifacts['model'].metadata['resourceName']}}\", \"\\\",\"]}}}", " \"input_config\": {\"instances_format\": \"jsonl\", \"gcs_source\": {\"uris\":", "{{$.inputs.parameters['gcs_source_uris']}}", "}, \"bigquery_source\": {\"input_uri\": \"\"}}, \"instance_config\": {\"instance_type\": \"\", \"key_field\": \"\" }, \"model_parameters\": {}, \"output_config\": {\"predictions_format\": \"jsonl\", \"gcs_destination\": {\"output_uri_prefix\": \"", "{{$.inputs.parameters['prefix']}}", "\"}, \"bigquery_destination\": {\"output_uri\": \"\"}}, \"dedicated_resources\": {\"machine_spec\": {\"machine_type\": \"\", \"accelerator_type\": \"\", \"accelerator_count\": 0}, \"starting_replica_count\": 0, \"max_replica_count\": 0}, \"service_account\": \"\", \"manual_batch_tuning_parameters\": {\"batch_size\": 0}, \"generate_explanation\": false, \"explanation_spec\": {\"parameters\": {}, \"metadata\": {}}, \"labels\": {}, \"encryption_spec\": {\"kms_key_name\":\"\"}}"]}""";
        var job = await vertex.RunAsync(Pipeline(
            "v1.batch_prediction_job.launcher",
            Args("BatchPredictionJob", payload, "--executor_input", "{{$}}"),
            [LocationInput, ("job_display_name", "STRING", "\"score\""), ("gcs_source_uris", "LIST", $"[\"gs://{Specs.Bucket}/ask.jsonl\"]"), ("prefix", "STRING", $"\"gs://{Specs.Bucket}/scored\"")],
            $$""" "parameters": { {{Resources}} }, "artifacts": { {{artifacts}} } """,
            """ "inputs": {"artifacts": {"unmanaged_container_model": {"taskOutputArtifact": {"producerTask": "model", "outputArtifactKey": "artifact"}}}} """,
            Ir.Task("model"),
            model,
            """ "comp-model": {"executorLabel": "exec-model", "outputDefinitions": {"artifacts": {"artifact": {"artifactType": {"schemaTitle": "google.UnmanagedContainerModel", "schemaVersion": "0.0.1"}}}}}, """));

        job.Succeeded();
        var outputs = job.Task("job").Outputs;
        var directory = Assert.Single(outputs["gcs_output_directory"].Artifacts).Uri;
        Assert.Equal("{\"instance\":1,\"prediction\":1}\n{\"instance\":2,\"prediction\":2}\n", vertex.Read($"{directory}/prediction.results-00000-of-00001"));
        var predicted = Assert.Single(outputs["batchpredictionjob"].Artifacts);
        Assert.Equal(Resource(job, "BatchPredictionJob"), predicted.Metadata.Fields["resourceName"].StringValue);
        Assert.Equal(directory, predicted.Metadata.Fields["gcsOutputDirectory"].StringValue);
    }

    private async Task<global::Google.Rpc.Status> UnimplementedAsync(JsonObject spec)
    {
        var job = await vertex.RunAsync(spec);
        Assert.Equal(PipelineState.Failed, job.State);
        Assert.Equal(12, job.Task("job").Error.Code);
        return job.Task("job").Error;
    }

    [Fact]
    public async Task A_query_tells_the_request_that_it_would_send()
    {
        var args = new JsonArray("--type", "BigqueryQueryJob", "--project", Project, "--location", "{{$.inputs.parameters['location']}}", "--payload", """{"Concat": ["{\"configuration\": {\"query\": ", "{{$.inputs.parameters['job_configuration_query']}}", ", \"labels\": ", "{{$.inputs.parameters['labels']}}", "}}"]}""",
            "--job_configuration_query_override", """{"Concat": ["{\"query\": \"", "{{$.inputs.parameters['query']}}", "\", \"query_parameters\": ", "{{$.inputs.parameters['query_parameters']}}", ", \"destination_encryption_configuration\": {\"kmsKeyName\": \"\"}}"]}""", "--gcp_resources", "{{$.outputs.parameters['gcp_resources'].output_file}}", "--executor_input", "{{$}}");
        var error = await UnimplementedAsync(Pipeline(
            "v1.bigquery.query_job.launcher", args,
            [("location", "STRING", "\"us\""), ("job_configuration_query", "STRUCT", """{"maximumBytesBilled": "1000"}"""), ("labels", "STRUCT", """{"team": "ml"}"""), ("query", "STRING", "\"SELECT *\\nFROM `p.d.t`\""), ("query_parameters", "LIST", "[]")]));

        const string start = "The task 'job' calls BigQuery, which the local cloud does not have; nothing was sent. It would have sent:\nPOST https://www.googleapis.com/bigquery/v2/projects/test/jobs\n";
        Assert.StartsWith(start, error.Message);
        Assert.True(JsonNode.DeepEquals(
            JsonNode.Parse("""{"configuration": {"query": {"maximumBytesBilled": "1000", "query": "SELECT *\nFROM `p.d.t`", "useLegacySql": false}, "labels": {"team": "ml"}}, "jobReference": {"location": "us"}}"""),
            JsonNode.Parse(error.Message[start.Length..])), error.Message);
    }

    [Fact]
    public async Task A_Spark_batch_and_a_Beam_file_tell_what_they_would_send()
    {
        var batch = await UnimplementedAsync(Pipeline(
            "v1.dataproc.create_spark_batch.launcher",
            Args("DataprocSparkBatch", """{"labels": {}, "runtime_config": {"version": "", "properties": {"spark.x": "1"}}, "environment_config": {"execution_config": {"service_account": ""}}, "spark_batch": {"main_jar_file_uri": "gs://b/x.jar", "args": {{$.inputs.parameters['args']}}}}""", "--batch_id", "my-batch"),
            [LocationInput, ("args", "LIST", """["--a", ""]""")]));
        Assert.Contains("POST https://dataproc.googleapis.com/v1/projects/test/locations/us-central1/batches/?batchId=my-batch\n", batch.Message);
        Assert.True(JsonNode.DeepEquals(
            JsonNode.Parse("""{"runtime_config": {"properties": {"spark.x": "1"}}, "spark_batch": {"main_jar_file_uri": "gs://b/x.jar", "args": ["--a", ""]}}"""), JsonNode.Parse(batch.Message[batch.Message.IndexOf('{', StringComparison.Ordinal)..])), batch.Message);

        var beam = await UnimplementedAsync(Pipeline(
            "v1.dataflow.dataflow_launcher",
            ["--project", Project, "--location", "{{$.inputs.parameters['location']}}", "--python_module_path", "gs://b/wc.py", "--temp_location", "gs://b/tmp", "--requirements_file_path", "", "--args", "{{$.inputs.parameters['args']}}", "--gcp_resources", "{{$.outputs.parameters['gcp_resources'].output_file}}"],
            [LocationInput, ("args", "LIST", """["--output", "gs://b/out"]""")]));
        Assert.Contains("POST https://dataflow.googleapis.com/v1b3/projects/test/locations/us-central1/jobs\n", beam.Message);
        Assert.Contains("\"gs://b/out\"", beam.Message);
    }

    [Fact]
    public async Task Endpoints_and_models_tell_what_they_would_send()
    {
        var upload = await UnimplementedAsync(Pipeline("v1.model.upload_model.launcher", Args("UploadModel", """{"display_name": "m", "description": "", "artifact_uri": "gs://b/m", "container_spec": {"image_uri": "x:1"}}"""), [LocationInput]));
        Assert.Contains("POST https://us-central1-aiplatform.googleapis.com/v1/projects/test/locations/us-central1/models:upload\n", upload.Message);
        Assert.True(JsonNode.DeepEquals(JsonNode.Parse("""{"model": {"display_name": "m", "artifact_uri": "gs://b/m", "container_spec": {"image_uri": "x:1"}}}"""), JsonNode.Parse(upload.Message[upload.Message.IndexOf('{', StringComparison.Ordinal)..])), upload.Message);

        var deploy = await UnimplementedAsync(Pipeline("v1.endpoint.deploy_model.launcher", Args("DeployModel", """{"endpoint": "projects/1/locations/europe-west4/endpoints/2", "traffic_split": {"0": 100}}"""), [LocationInput]));
        Assert.Contains("POST https://europe-west4-aiplatform.googleapis.com/v1/projects/1/locations/europe-west4/endpoints/2:deployModel\n", deploy.Message);
    }

    [Fact]
    public async Task A_payload_that_is_no_job_is_told_with_its_text()
    {
        var job = await vertex.RunAsync(CustomJob("""[{"machine_spec": {"machine_type": "n1"}, "kontainer_spec": {"image_uri": "x"}, "replica_count": 1}]"""));
        Assert.Contains("--payload is no CustomJob", job.Task("job").Error.Message);
        var refused = await vertex.RunAsync(CustomJob("""[{"replica_count": 1}]"""));
        Assert.Equal(3, refused.Task("job").Error.Code);
        Assert.Contains("workerPoolSpecs[0] is missing", refused.Task("job").Error.Message);
    }
}

using System.Text.Json.Nodes;
using Google.Cloud.AIPlatform.V1;
using Grpc.Core;
using MlOps.LocalCloud.Vertex.Jobs.Batch;
using Value = Google.Protobuf.WellKnownTypes.Value;

namespace MlOps.LocalCloud.Tests.Vertex.Jobs;

/// <summary>Batch predictions by a stand-in model on the real engine.</summary>
public sealed class BatchPredictionTests(TestVertex vertex) : IClassFixture<TestVertex>
{
    // Answers each instance by itself, the parameters and what the server was told; an instance "bad" fails its batch.
    private const string Server = """
        import json, os
        from http.server import BaseHTTPRequestHandler, HTTPServer
        class Handler(BaseHTTPRequestHandler):
            def answer(self, code, body):
                data = json.dumps(body).encode()
                self.send_response(code); self.send_header('Content-Length', str(len(data))); self.end_headers(); self.wfile.write(data)
            def do_GET(self):
                self.answer(200 if self.path == os.environ['AIP_HEALTH_ROUTE'] else 404, {})
            def do_POST(self):
                asked = json.loads(self.rfile.read(int(self.headers['Content-Length'])))
                if self.path != os.environ['AIP_PREDICT_ROUTE'] or 'bad' in asked['instances']:
                    return self.answer(500, {'error': 'cannot'})
                self.answer(200, {'predictions': [[one, len(asked['instances']), asked.get('parameters'), os.environ['AIP_STORAGE_URI']] for one in asked['instances']]})
        print('serving', flush=True)
        HTTPServer(('0.0.0.0', int(os.environ['AIP_HTTP_PORT'])), Handler).serve_forever()
        """;

    private static BatchPredictionJob Job(string source, string format = "jsonl", string script = Server, int batch = 2) => new()
    {
        DisplayName = "score",
        UnmanagedContainerModel = new UnmanagedContainerModel
        {
            ArtifactUri = "gs://models/m",
            ContainerSpec = new ModelContainerSpec { ImageUri = "python:3.11-slim", Command = { "python3", "-c", script }, PredictRoute = "/predict", Ports = { new Port { ContainerPort = 8091 } } },
        },
        InputConfig = new BatchPredictionJob.Types.InputConfig { InstancesFormat = format, GcsSource = new GcsSource { Uris = { source } } },
        OutputConfig = new BatchPredictionJob.Types.OutputConfig { PredictionsFormat = "jsonl", GcsDestination = new GcsDestination { OutputUriPrefix = $"gs://{Specs.Bucket}/scored" } },
        ManualBatchTuningParameters = new ManualBatchTuningParameters { BatchSize = batch },
    };

    private string[] Lines(BatchPredictionJob job, string kind) =>
        vertex.Read($"{job.OutputInfo.GcsOutputDirectory}/prediction.{kind}-00000-of-00001").Split('\n', StringSplitOptions.RemoveEmptyEntries);

    [Fact]
    public async Task Instances_are_predicted_in_batches_and_failures_told_apart()
    {
        await using var engine = await TestVertex.EngineAsync("python:3.11-slim");
        vertex.Write($"gs://{Specs.Bucket}/asked/1.jsonl", "{\"a\": 1}\n[2]\n\"bad\"\n3\n");
        vertex.Write($"gs://{Specs.Bucket}/asked/2.jsonl", "\"ü\"\nno json\n");
        var wanted = Job($"gs://{Specs.Bucket}/asked/*.jsonl");
        wanted.ModelParameters = Value.Parser.ParseJson("{\"k\": 5}");
        var job = await vertex.RunAsync(wanted);

        Assert.True(job.State == JobState.Succeeded, job.Told());
        Assert.Matches($"^gs://{Specs.Bucket}/scored/prediction-score-\\d{{4}}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{{3}}Z$", job.OutputInfo.GcsOutputDirectory);
        Assert.Equal(
            ["""{"instance":{"a":1},"prediction":[{"a":1},2,{"k":5},"gs://models/m"]}""", """{"instance":[2],"prediction":[[2],2,{"k":5},"gs://models/m"]}""", """{"instance":"ü","prediction":["ü",1,{"k":5},"gs://models/m"]}"""],
            Lines(job, "results"));
        var errors = Lines(job, "errors_stats").Select(line => JsonNode.Parse(line)!).ToArray();
        Assert.Equal(["bad", "3", null], errors.Select(error => error["instance"]?.ToString()));
        Assert.Contains("answered 500", errors[0]["error"]!["message"]!.ToString());
        Assert.Equal((3, 3), (job.CompletionStats.SuccessfulCount, job.CompletionStats.FailedCount));
        Assert.Equal(3, job.PartialFailures.Count);
        Assert.Empty(await vertex.ContainersAsync());
    }

    [Fact]
    public async Task Rows_of_CSV_become_arrays_and_keys_stand_in_for_instances()
    {
        await using var engine = await TestVertex.EngineAsync("python:3.11-slim");
        vertex.Write($"gs://{Specs.Bucket}/rows.csv", "id,x,name\n7,1.5,\"a, \"\"b\"\"\"\n8,2,5x\n");
        var wanted = Job($"gs://{Specs.Bucket}/rows.csv", "csv");
        wanted.InstanceConfig = new BatchPredictionJob.Types.InstanceConfig { KeyField = "id" };
        var job = await vertex.RunAsync(wanted);

        Assert.True(job.State == JobState.Succeeded, job.Told());
        Assert.Equal(["""{"key":7,"prediction":[[1.5,"a, \"b\""],2,null,"gs://models/m"]}""", """{"key":8,"prediction":[[2,"5x"],2,null,"gs://models/m"]}"""], Lines(job, "results"));
    }

    [Fact]
    public async Task A_model_that_ends_or_an_input_that_is_not_there_is_told()
    {
        await using var engine = await TestVertex.EngineAsync("python:3.11-slim");
        vertex.Write($"gs://{Specs.Bucket}/one.jsonl", "1\n");
        var dead = await vertex.RunAsync(Job($"gs://{Specs.Bucket}/one.jsonl", script: "print('no such model'); raise SystemExit(4)"));
        var missing = await vertex.RunAsync(Job($"gs://{Specs.Bucket}/none.jsonl"));

        Assert.Equal((JobState.Failed, JobState.Failed), (dead.State, missing.State));
        Assert.Contains("no such model", dead.Error.Message);
        Assert.Contains("none.jsonl", missing.Error.Message);
        Assert.Empty(await vertex.ContainersAsync());
    }

    [Fact]
    public async Task A_restart_begins_again_and_cancelling_leaves_nothing()
    {
        await using var engine = await TestVertex.EngineAsync("python:3.11-slim");
        await using var own = new TestVertex();
        await own.InitializeAsync();
        own.Write($"gs://{Specs.Bucket}/one.jsonl", "1\n");
        var job = Job($"gs://{Specs.Bucket}/one.jsonl", script: "import time; print('loading', flush=True); time.sleep(600)");
        var created = await own.Jobs.CreateBatchPredictionJobAsync(new CreateBatchPredictionJobRequest { Parent = TestVertex.Parent, BatchPredictionJob = job }, cancellationToken: TestVertex.Cancel);
        await own.JobPrintedAsync(created.Name, ModelServer.Replica, "loading");
        var before = await own.ContainersAsync();
        await own.RestartAsync();
        await TestVertex.HoldsAsync(async () => await own.ContainersAsync() is [_] now && !now.SequenceEqual(before), "The restart did not begin again");

        await own.Jobs.CancelBatchPredictionJobAsync(new CancelBatchPredictionJobRequest { Name = created.Name }, cancellationToken: TestVertex.Cancel);
        await own.JobEndedAsync(created.Name);
        var ended = await own.Jobs.GetBatchPredictionJobAsync(new GetBatchPredictionJobRequest { Name = created.Name }, cancellationToken: TestVertex.Cancel);
        Assert.True(ended.State == JobState.Cancelled, ended.Told());
        Assert.Empty(await own.ContainersAsync());
    }

    [Fact]
    public async Task What_is_not_served_is_refused()
    {
        async Task<StatusCode> RefusedAsync(Action<BatchPredictionJob> change)
        {
            var job = Job("gs://some-bucket/x.jsonl");
            change(job);
            return (await Assert.ThrowsAsync<RpcException>(() => vertex.RunAsync(job))).StatusCode;
        }

        Assert.Equal(StatusCode.Unimplemented, await RefusedAsync(job => job.InputConfig.BigquerySource = new BigQuerySource { InputUri = "bq://p.d.t" }));
        Assert.Equal(StatusCode.Unimplemented, await RefusedAsync(job => job.InputConfig.InstancesFormat = "tf-record"));
        Assert.Equal(StatusCode.InvalidArgument, await RefusedAsync(job => job.Model = "projects/p/locations/l/models/m"));
        Assert.Equal(StatusCode.NotFound, await RefusedAsync(job => (job.UnmanagedContainerModel, job.Model) = (null, "projects/p/locations/l/models/m")));
    }

    [Theory]
    [InlineData("a,b\r\n1,\"x\ny\"\r\n", "[\"a\",\"b\"] [1,\"x\\ny\"]")]
    [InlineData("1,,\"2\"", "[1,\"\",\"2\"]")]
    [InlineData("\n\na", "[\"a\"]")]
    [InlineData("\"\"", "[\"\"]")]
    public void Csv_is_read(string text, string rows) =>
        Assert.Equal(rows, string.Join(' ', CsvText.Rows(new StringReader(text)).Select(row => new JsonArray([.. row.Select(field => field.Value)]).ToJsonString())));
}

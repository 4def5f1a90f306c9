using System.Text.Json;
using System.Text.Json.Nodes;
using Google.Cloud.AIPlatform.V1;
using Grpc.Core;
using MlOps.Testing;
using TaskState = Google.Cloud.AIPlatform.V1.PipelineTaskDetail.Types.State;

namespace MlOps.LocalCloud.Tests.Vertex.Pipelines.Running;

/// <summary>The shared runs: state, outputs, what ran, in which order, and what it printed.</summary>
[Trait("speed", "slow")]
public sealed class GoldenRunTests(TestVertex vertex) : IClassFixture<TestVertex>
{
    public static TheoryData<string> Names()
    {
        var folder = Path.Combine(Shared.Checkout(), "..", "shared", "goldens", "run");
        return Directory.Exists(folder)
            ? [.. Directory.EnumerateFiles(folder, "*.expected.json").Select(file => Path.GetFileName(file)[..^".expected.json".Length]).Order(StringComparer.Ordinal)]
            : ["none"];
    }

    [Theory]
    [MemberData(nameof(Names))]
    public async Task Runs_as_expected(string name)
    {
        var folder = Shared.Path("goldens", "run");
        await using var engine = await TestVertex.EngineAsync(TestVertex.Busybox, "python:3.11-slim");
        var spec = JsonNode.Parse(await File.ReadAllTextAsync(Path.Combine(folder, $"{name}.json"), TestVertex.Cancel))!.AsObject();
        var expected = JsonNode.Parse(await File.ReadAllTextAsync(Path.Combine(folder, $"{name}.expected.json"), TestVertex.Cancel))!.AsObject();
        var arguments = (expected["args"]?.AsObject() ?? []).Select(pair => (pair.Key, pair.Value?.ToJsonString() ?? "null")).ToArray();
        if (expected["status"]!.GetValue<string>() == "INVALID")
        {
            var refusal = await Assert.ThrowsAsync<RpcException>(() => vertex.CreateAsync(vertex.Job(spec, arguments)));
            Assert.Equal(StatusCode.InvalidArgument, refusal.StatusCode);
            return;
        }

        // Each run is to run: another golden may hold the same task.
        Uncached(spec);
        var job = await vertex.RunAsync(spec, arguments);

        Assert.True(job.State == (expected["status"]!.GetValue<string>() == "SUCCESS" ? PipelineState.Succeeded : PipelineState.Failed), $"{job.State} {job.Error?.Message} {string.Join('\n', job.JobDetail.TaskDetails.Select(task => $"{task.TaskUniqueName} {task.State} {task.Error?.Message}"))}");
        if (job.State == PipelineState.Succeeded)
        {
            foreach (var (key, value) in expected["outputs"]!.AsObject())
            {
                AssertSame(value, JsonNode.Parse(job.Output(key) ?? "null"), key);
            }
        }

        var ran = job.JobDetail.TaskDetails.Where(IsLeafThatRan).SelectMany(task => Enumerable.Repeat(task.TaskName, 1 + (task.ExecutorDetail?.ContainerDetail?.FailedMainJobs.Count ?? 0)));
        Assert.Equal(expected["tasks"]!.AsArray().Select(task => task!.GetValue<string>()), ran.Order(StringComparer.Ordinal));
        foreach (var pair in expected["order"]?.AsArray() ?? [])
        {
            Assert.True(job.Task(pair![0]!.GetValue<string>()).EndTime <= job.Task(pair[1]!.GetValue<string>()).StartTime, pair.ToJsonString());
        }

        foreach (var (task, texts) in expected["stdout"]?.AsObject() ?? [])
        {
            foreach (var text in texts!.AsArray())
            {
                await vertex.PrintedAsync(job.Name, task, text!.GetValue<string>());
            }
        }
    }

    private static bool IsLeafThatRan(PipelineTaskDetail task) => task.Execution?.SchemaTitle is "system.ContainerExecution" or "system.ImporterExecution" && task.State is TaskState.Succeeded or TaskState.Failed && task.StartTime is not null || (task.Execution?.SchemaTitle == "system.ImporterExecution" && task.State == TaskState.Succeeded);

    private static void AssertSame(JsonNode? expected, JsonNode? actual, string where)
    {
        switch (expected)
        {
            case JsonArray list:
                var items = Assert.IsType<JsonArray>(actual);
                Assert.Equal(list.Count, items.Count);
                foreach (var (index, item) in list.Index())
                {
                    AssertSame(item, items[index], $"{where}[{index}]");
                }

                break;
            case JsonValue value when value.GetValueKind() == JsonValueKind.Number:
                Assert.Equal(value.GetValue<double>(), actual!.GetValue<double>());
                break;
            default:
                Assert.True(JsonNode.DeepEquals(expected, actual), $"{where}: expected {expected?.ToJsonString()}, got {actual?.ToJsonString()}");
                break;
        }
    }

    private static void Uncached(JsonNode? node)
    {
        if (node is JsonObject map)
        {
            map.Remove("cachingOptions");
            foreach (var child in map.Select(pair => pair.Value).ToList())
            {
                Uncached(child);
            }
        }
    }
}

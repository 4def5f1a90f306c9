using System.Collections.Concurrent;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using MlOps.Testing;

namespace MlOps.Cli.Tests;

/// <summary>What a collector of OpenTelemetry's is sent, over a real socket.</summary>
public sealed class TracingTests
{
    [Fact]
    public async Task A_collector_gets_a_span_for_the_delivery_and_one_for_each_step()
    {
        using var repo = new SampleRepo();
        var received = new ConcurrentQueue<string>();
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        await using var collector = builder.Build();
        collector.MapPost("/v1/traces", async (HttpRequest request) =>
        {
            using var reader = new StreamReader(request.Body, Encoding.Latin1);
            received.Enqueue(await reader.ReadToEndAsync(request.HttpContext.RequestAborted));
        });
        await collector.StartAsync(TestContext.Current.CancellationToken);

        var outcome = await new Mlops(repo.Root, repo.Home)
        {
            Environment = { ["OTEL_EXPORTER_OTLP_ENDPOINT"] = collector.Urls.Single(), ["OTEL_EXPORTER_OTLP_PROTOCOL"] = "http/protobuf" },
        }.RunAsync("ci", "--only", "checkout,lint");

        Assert.True(outcome.ExitCode == 0, outcome.All);
        var spans = string.Concat(received);
        Assert.All(["mlops ci", "checkout", "lint", "1 component, 1 pipeline"], name => Assert.Contains(name, spans));
    }

    [Fact]
    public async Task A_collector_that_is_not_there_does_not_stop_a_delivery()
    {
        using var repo = new SampleRepo();
        var outcome = await new Mlops(repo.Root, repo.Home)
        {
            Environment = { ["OTEL_EXPORTER_OTLP_ENDPOINT"] = "http://127.0.0.1:9", ["OTEL_EXPORTER_OTLP_TIMEOUT"] = "500" },
        }.RunAsync("checkout");
        Assert.True(outcome.ExitCode == 0, outcome.All);
    }
}

using System.Diagnostics;
using MlOps.Core.Graph;
using OpenTelemetry;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace MlOps.Cli.Sessions;

/// <summary>
/// A span for a delivery and one for each step, sent by OTLP where OpenTelemetry's own variables name a collector
/// (https://opentelemetry.io/docs/specs/otel/protocol/exporter/); else nothing is loaded and nothing is recorded.
/// </summary>
internal sealed class Tracing : IDisposable
{
    private readonly IDisposable? _provider;
    private readonly Activity? _delivery;

    private Tracing(IDisposable? provider, Activity? delivery) => (_provider, _delivery) = (provider, delivery);

    /// <param name="name">Of the outermost span, such as <c>mlops ci</c>.</param>
    public static Tracing Start(string name) =>
        Names("OTEL_EXPORTER_OTLP_ENDPOINT") || Names("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT") ? Begin(name) : new Tracing(null, null);

    public void Dispose()
    {
        _delivery?.Dispose();
        // Disposing sends what is left.
        _provider?.Dispose();
    }

    // Apart, so that the libraries are loaded only where they are used.
    private static Tracing Begin(string name)
    {
        var provider = Sdk.CreateTracerProviderBuilder()
            .ConfigureResource(resource => resource.AddService("mlops", serviceVersion: Steps.Toolkit.Version))
            .AddSource(Scheduler.Spans.Name)
            .AddOtlpExporter()
            .Build();
        return new Tracing(provider, Scheduler.Spans.StartActivity(name));
    }

    private static bool Names(string variable) => Environment.GetEnvironmentVariable(variable) is { Length: > 0 };
}

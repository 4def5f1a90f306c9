using System.Collections.Immutable;
using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using Docker.DotNet;
using MlOps.Containers;
using MlOps.Containers.Running;
using MlOps.Core.Problems;
using MlOps.LocalCloud.Vertex.Jobs.Work;
using MlOps.LocalCloud.Vertex.Running;

namespace MlOps.LocalCloud.Vertex.Jobs.Batch;

/// <summary>A model's container that serves one job, from its start until it is removed.</summary>
internal sealed class ModelServer : IAsyncDisposable
{
    /// <summary>The replica's name: in the container's labels, and of its log.</summary>
    public const string Replica = "predict-0";
    private const int MostAttempts = 3;
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(10), Pause = TimeSpan.FromMilliseconds(100), ProbeLimit = TimeSpan.FromSeconds(10), PredictLimit = TimeSpan.FromMinutes(10);
    private readonly JobServices _services;
    private readonly ContainerEngine _engine;
    private readonly string _container;
    private readonly ReplicaWatch _watch;
    private readonly HttpClient _http;

    private ModelServer(JobServices services, ContainerEngine engine, string container, ReplicaWatch watch)
    {
        (_services, _engine, _container, _watch) = (services, engine, container, watch);
        _http = new HttpClient { Timeout = Timeout.InfiniteTimeSpan };
    }

    /// <summary>Starts the container and waits until its health route answers 200.</summary>
    /// <exception cref="TaskFaultException">It cannot be made, ends, or is not healthy in time.</exception>
    public static async Task<ModelServer> StartAsync(JobServices services, string job, ServedModel model, CancellationToken cancel)
    {
        var (engine, surroundings) = await services.Access.GetAsync(cancel);
        var images = new ImageSource(services.Options.ToEngineName);
        var container = await CreateAsync(engine, await SpecAsync(services, engine, surroundings, images, job, model, cancel), images, model.Container.ImageUri, pulled: false, cancel);
        ModelServer? server = null;
        try
        {
            await StartAsync(engine, container, cancel);
            var log = Path.Combine(services.Options.StateFolder, "logs", job, $"{Replica}.log");
            var watch = new ReplicaWatch(engine, new Replica(0, 0, new()), container, log, services.Options.Time, services.Stopping);
            server = new ModelServer(services, engine, container, watch);
            server._http.BaseAddress = await server.AddressAsync(model.Port, cancel);
            await server.HealthyAsync(model.HealthRoute(job), cancel);
            return server;
        }
        catch when (!services.Stopping.IsCancellationRequested)
        {
            await (server?.DisposeAsync() ?? new ValueTask(engine.Containers.RemoveAsync(container, CancellationToken.None)));
            throw;
        }
    }

    /// <summary>The answer to a prediction request, whatever its status; one whose connection broke is sent again, twice at most.</summary>
    /// <exception cref="TaskFaultException">The container has ended.</exception>
    public async Task<(HttpStatusCode Status, string Body)> PredictAsync(string route, string body, CancellationToken cancel)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                return await PostAsync(route, body, cancel);
            }
            catch (HttpRequestException error)
            {
                await ThrowIfEndedAsync();
                if (attempt == MostAttempts)
                {
                    return (HttpStatusCode.BadGateway, error.Message);
                }

                await Task.Delay(Pause, _services.Options.Time, cancel);
            }
        }
    }

    private async Task<(HttpStatusCode Status, string Body)> PostAsync(string route, string body, CancellationToken cancel)
    {
        using var content = new StringContent(body, Encoding.UTF8);
        content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        using var limit = new CancellationTokenSource(PredictLimit, _services.Options.Time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancel);
        try
        {
            using var answer = await _http.PostAsync(new Uri(route, UriKind.Relative), content, either.Token);
            return (answer.StatusCode, await answer.Content.ReadAsStringAsync(either.Token));
        }
        catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
        {
            return (HttpStatusCode.GatewayTimeout, string.Create(CultureInfo.InvariantCulture, $"The model did not answer within {PredictLimit.TotalMinutes:0} minutes."));
        }
    }

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        if (!_services.Stopping.IsCancellationRequested)
        {
            await _engine.Containers.RemoveAsync(_container, CancellationToken.None);
            await Task.WhenAny(_watch.Ended);
        }

        _watch.Dispose();
    }

    private static async Task StartAsync(ContainerEngine engine, string container, CancellationToken cancel)
    {
        try
        {
            await engine.Containers.StartAsync(container, cancel);
        }
        catch (StepFailedException error)
        {
            throw new TaskFaultException(error.Message, error);
        }
    }

    private static async Task<ContainerSpec> SpecAsync(
        JobServices services, ContainerEngine engine, ContainerSurroundings surroundings, ImageSource images, string job, ServedModel model, CancellationToken cancel)
    {
        var environment = surroundings.Environment.SetItems(model.Environment(job));
        ImmutableArray<string> Expanded(IEnumerable<string> texts) => [.. texts.Select(text => VariableReferences.Expand(text, environment))];
        var (command, args) = (Expanded(model.Container.Command), Expanded(model.Container.Args));
        return new ContainerSpec((await images.FindAsync(engine, model.Container.ImageUri).WaitAsync(cancel)).Name)
        {
            Entrypoint = command.IsEmpty ? null : command,
            Command = args.IsEmpty ? null : args,
            Environment = environment,
            Network = surroundings.Network,
            PublishedPorts = [model.Port],
            Labels = WorkLabels.Of(services.Options.Instance, job, trial: "", Replica),
        };
    }

    private static async Task<string> CreateAsync(ContainerEngine engine, ContainerSpec spec, ImageSource images, string image, bool pulled, CancellationToken cancel)
    {
        try
        {
            return await engine.Containers.CreateAsync(spec, cancel);
        }
        catch (StepFailedException error) when (error.InnerException is DockerApiException { StatusCode: HttpStatusCode.NotFound } && !pulled)
        {
            await images.PullAsync(engine, image, cancel);
            return await CreateAsync(engine, spec, images, image, pulled: true, cancel);
        }
        catch (StepFailedException error)
        {
            throw new TaskFaultException(error.Message, error);
        }
    }

    private async Task<Uri> AddressAsync(int port, CancellationToken cancel)
    {
        var ports = (await _engine.Containers.InspectAsync(_container, cancel))?.NetworkSettings?.Ports;
        if (ports?.TryGetValue($"{port}/tcp", out var bindings) is true && bindings is { Count: > 0 })
        {
            return new Uri($"http://127.0.0.1:{bindings[0].HostPort}");
        }

        // A container that has ended already has no ports.
        await _watch.Ended.WaitAsync(cancel);
        throw await EndedAsync();
    }

    private async Task HealthyAsync(string route, CancellationToken cancel)
    {
        var last = "nothing listens";
        for (var start = _services.Options.Time.GetTimestamp(); _services.Options.Time.GetElapsedTime(start) < Patience; await Task.Delay(Pause, _services.Options.Time, cancel))
        {
            await ThrowIfEndedAsync();
            using var limit = new CancellationTokenSource(ProbeLimit, _services.Options.Time);
            using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancel);
            try
            {
                using var answer = await _http.GetAsync(new Uri(route, UriKind.Relative), either.Token);
                if (answer.StatusCode == HttpStatusCode.OK)
                {
                    return;
                }

                last = string.Create(CultureInfo.InvariantCulture, $"it answers {(int)answer.StatusCode}");
            }
            catch (Exception error) when (error is HttpRequestException || (error is OperationCanceledException && !cancel.IsCancellationRequested))
            {
                last = error.Message;
            }
        }

        throw new TaskFaultException(_watch.Log.Under($"The model's container is not healthy after {Patience.TotalMinutes:0} minutes: GET {route}: {last}."));
    }

    private async Task ThrowIfEndedAsync()
    {
        if (_watch.Ended.IsCompleted)
        {
            throw await EndedAsync();
        }
    }

    private async Task<TaskFaultException> EndedAsync() =>
        new(_watch.Log.Under($"The model's container ended with {await _watch.Ended}; a model's server goes on until it is stopped."));
}

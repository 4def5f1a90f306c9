using MlOps.Core.Problems;
using MlOps.LocalCloud.Hosting;

namespace MlOps.LocalCloud.Registry;

/// <summary>
/// The distribution project's registry, on a port of loopback that only we know, started at its first use. It keeps blobs and
/// manifests, by digest only; tags, referrers and the list of images are ours, which its version 2.8 could not keep.
/// </summary>
internal sealed class DistributionRegistry(LocalCloudOptions options, string instance) : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20), Pause = TimeSpan.FromMilliseconds(10);
    private readonly SemaphoreSlim _starting = new(1, 1);
    private readonly string _folder = Path.Combine(options.StateFolder, "registry");
    private IRegistryServer? _server;

    public HttpMessageInvoker Client { get; } = new(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false, UseProxy = false, ActivityHeadersPropagator = null });

    /// <summary>The registry's address, once it answers; one that has ended is started again.</summary>
    /// <exception cref="MachineLacksException">There is neither the program nor the image, or it does not start.</exception>
    public async Task<Uri> AddressAsync(CancellationToken cancel)
    {
        if (_server is { HasEnded: false } running)
        {
            return running.Address;
        }

        await _starting.WaitAsync(cancel);
        try
        {
            return _server is { HasEnded: false } ? _server.Address : await StartAsync(cancel);
        }
        finally
        {
            _starting.Release();
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_server is not null)
        {
            await _server.DisposeAsync();
        }

        Client.Dispose();
        _starting.Dispose();
    }

    private async Task<Uri> StartAsync(CancellationToken cancel)
    {
        if (_server is not null)
        {
            await _server.DisposeAsync();
            _server = null;
        }

        Directory.CreateDirectory(_folder);
        var port = CloudIdentity.FreePort();
        IRegistryServer server = RegistryProcess.Find(options.RegistryProgram) is { } program
            ? RegistryProcess.Start(program, _folder, port)
            : await RegistryContainer.StartAsync(options.RegistryImage, _folder, port, instance, cancel);
        try
        {
            await AnswersAsync(server, cancel);
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }

        _server = server;
        return server.Address;
    }

    private async Task AnswersAsync(IRegistryServer server, CancellationToken cancel)
    {
        var start = options.Time.GetTimestamp();
        while (!await AnswersOnceAsync(server.Address, cancel))
        {
            if (server.HasEnded || options.Time.GetElapsedTime(start) > Patience)
            {
                throw new MachineLacksException($"The OCI registry {server} does not start: {server.LastWords}", "Its configuration is config.json beside its log.");
            }

            await Task.Delay(Pause, options.Time, cancel);
        }
    }

    private async Task<bool> AnswersOnceAsync(Uri address, CancellationToken cancel)
    {
        try
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(address, "/v2/"));
            using var response = await Client.SendAsync(request, cancel);
            return response.IsSuccessStatusCode;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }
}

/// <summary>A running registry: a program of this machine, or a container.</summary>
internal interface IRegistryServer : IAsyncDisposable
{
    Uri Address { get; }

    bool HasEnded { get; }

    /// <summary>The end of its log, for an error message.</summary>
    string LastWords { get; }
}

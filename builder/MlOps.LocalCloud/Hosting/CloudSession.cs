namespace MlOps.LocalCloud.Hosting;

/// <summary>
/// A verb's use of the local cloud: the running owner's, else one started in this process for as long as the session lasts.
/// An owner whose verb ends waits for the guests that joined it; one that is told to stop does not (<see cref="StopAsync"/>).
/// </summary>
public sealed class CloudSession : IAsyncDisposable
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50);
    private readonly LocalCloudOptions _options;
    private readonly CloudHost? _cloud;
    private readonly FileStream? _guest;

    private CloudSession(LocalCloudOptions options, LocalCloudOwner owner, CloudHost? cloud, FileStream? guest) =>
        (_options, Owner, _cloud, _guest) = (options, owner, cloud, guest);

    /// <summary>
    /// Begins on another core what every start needs and what takes longest, the descriptors of Google's APIs: for those who have
    /// something else to do before they start a cloud.
    /// </summary>
    public static void Prepare() => _ = Task.Run(() => GrpcApis.Types);

    /// <summary>Where the cloud is.</summary>
    public LocalCloudOwner Owner { get; }

    /// <summary>The cloud runs in this process.</summary>
    public bool IsOwner => _cloud is not null;

    public static async Task<CloudSession> JoinOrStartAsync(LocalCloudOptions options, CancellationToken cancel)
    {
        while (true)
        {
            if (Join(options) is { } session)
            {
                return session;
            }

            try
            {
                var cloud = await CloudHost.StartAsync(options, cancel);
                return new CloudSession(options, cloud.Owner, cloud, guest: null);
            }
            catch (LocalCloudOwnedException)
            {
                // Another one was faster: join it.
            }
        }
    }

    /// <summary>Ends a cloud of this process at once, whoever else uses it; what ran of builds is ended with it.</summary>
    public async Task StopAsync()
    {
        if (_guest is not null)
        {
            await _guest.DisposeAsync();
        }

        if (_cloud is not null)
        {
            await _cloud.DisposeAsync();
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_guest is not null)
        {
            await _guest.DisposeAsync();
        }

        if (_cloud is not null)
        {
            await RetireAsync();
            await _cloud.DisposeAsync();
        }
    }

    /// <summary>The guests' lock is free only when none is left; held while <c>cloud.lock</c> goes, so that nobody joins an ending cloud.</summary>
    private async Task RetireAsync()
    {
        while (true)
        {
            await using (var none = StateLock.TryOpen(GuestFile(_options), FileAccess.ReadWrite, FileShare.None))
            {
                if (none is not null)
                {
                    LocalCloudOwner.Erase(_options.StateFolder);
                    return;
                }
            }

            await Task.Delay(Pause, _options.Time);
        }
    }

    private static CloudSession? Join(LocalCloudOptions options)
    {
        if (LocalCloudOwner.Find(options.StateFolder) is null)
        {
            return null;
        }

        var guest = StateLock.TryOpen(GuestFile(options), FileAccess.Read, FileShare.Read);
        if (guest is not null && LocalCloudOwner.Find(options.StateFolder) is { } owner)
        {
            return new CloudSession(options, owner, cloud: null, guest);
        }

        guest?.Dispose();
        return null;
    }

    private static string GuestFile(LocalCloudOptions options) => Path.Combine(options.StateFolder, ".guests");
}

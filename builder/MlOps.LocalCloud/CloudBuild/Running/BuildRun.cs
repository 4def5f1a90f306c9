using System.Collections.Immutable;
using Google.Cloud.CloudBuild.V1;
using Google.Protobuf.WellKnownTypes;
using MlOps.Containers;
using MlOps.LocalCloud.CloudBuild.EngineSockets;
using MlOps.LocalCloud.CloudBuild.Images;
using MlOps.LocalCloud.CloudBuild.Logs;
using MlOps.LocalCloud.Hosting;
using static Google.Cloud.CloudBuild.V1.Build.Types.FailureInfo.Types;
using Span = Google.Cloud.CloudBuild.V1.TimeSpan;

namespace MlOps.LocalCloud.CloudBuild.Running;

/// <summary>One build on its way: set up, source, steps, pushes, artifacts.</summary>
/// <param name="folder">Of this machine, the build's own; removed by the caller.</param>
internal sealed class BuildRun(LiveBuild live, CloudBuildOptions options, EngineAccess access, SemaphoreSlim slots, BuildLog log, string folder) : IAsyncDisposable
{
    private readonly Build _build = live.Describe();
    private EngineSocket? _socket;
    private FirstFiles? _files;
    private BuildSteps? _steps;

    /// <summary>The engine, once it has been asked for; only then can anything of the build be on it.</summary>
    public ContainerEngine? Engine { get; private set; }

    /// <exception cref="BuildFaultException">The build fails.</exception>
    public async Task RunAsync(CancellationToken cancel)
    {
        log.Add($"starting build \"{_build.Id}\"");
        log.Add("");
        log.Add("FETCHSOURCE");
        var site = await TimedAsync("SETUPBUILD", () => SetUpAsync(cancel));
        _steps = new BuildSteps(site);
        _steps.PrepareFirst(cancel);
        await FetchAsync(cancel);
        log.Add("BUILD");
        await TimedAsync("BUILD", () => StepsAsync(site, cancel));
        log.Add("PUSH");
        await PushAsync(site, cancel);
    }

    /// <summary>Waits for what the steps have left, in the results and on the engine.</summary>
    public async ValueTask DisposeAsync()
    {
        await (_steps?.FinishAsync() ?? Task.CompletedTask);
        await (_socket?.DisposeAsync() ?? ValueTask.CompletedTask);
        _files?.Dispose();
    }

    private async Task<BuildSite> SetUpAsync(CancellationToken cancel)
    {
        var secrets = BuildSecrets.Read(_build, options.Secrets);
        log.Mask = SecretMask.Of(secrets.Values);
        var place = new BuildPlace(options.Instance, _build.Id);
        var images = options.ImagesSince(_build.StartTime.ToDateTimeOffset());
        (Engine, var surroundings) = await access.GetAsync(cancel);
        var socket = await SocketAsync(Engine, images, place, cancel);
        var spec = new StepSpec(_build, place, surroundings, secrets, socket);
        WriteScripts();
        _files = new FirstFiles(Engine, NeedsSource || spec.HasScripts ? folder : null);
        return new BuildSite(live, Engine, images, spec, _files, folder, log, slots, options.Time);
    }

    private bool NeedsSource => _build.Source is not null || _build.Dependencies.Count > 0;

    private async Task<string?> SocketAsync(ContainerEngine engine, BuildImages images, BuildPlace place, CancellationToken cancel)
    {
        switch (images.Socket)
        {
            case DockerSocket.Proxy:
                _socket = await images.OpenSocketAsync(engine, new SocketScope(place.Labels, Volumes(place), _build.StartTime.ToDateTimeOffset()), cancel);
                return _socket.Path;
            case DockerSocket.Engine when engine.Address.StartsWith("unix://", StringComparison.Ordinal):
                return engine.Address["unix://".Length..];
            default:
                return null;
        }
    }

    /// <summary>The volumes that are at the same path in every step: a container that a step starts may mount these paths too.</summary>
    private ImmutableDictionary<string, string> Volumes(BuildPlace place) => (_build.Options?.Volumes ?? [])
        .Select(volume => place.MountNamed(volume.Name, volume.Path))
        .Append(place.MountWorkspace())
        .Append(place.MountHome())
        .ToImmutableDictionary(mount => mount.Target, mount => mount.Source, StringComparer.Ordinal);

    private void WriteScripts()
    {
        foreach (var (index, step) in _build.Steps.Index().Where(step => step.Item.Script.Length > 0))
        {
            var scripts = Directory.CreateDirectory(Path.Combine(folder, FirstFiles.ScriptsFolder));
            var path = Path.Combine(scripts.FullName, Path.GetFileName(StepSpec.ScriptPath(index)));
            File.WriteAllText(path, StepSpec.ScriptText(step.Script));
            if (!OperatingSystem.IsWindows())
            {
                File.SetUnixFileMode(path, (UnixFileMode)0b111_101_101);
            }
        }
    }

    private async Task FetchAsync(CancellationToken cancel)
    {
        if (NeedsSource)
        {
            var workspace = Directory.CreateDirectory(Path.Combine(folder, FirstFiles.WorkspaceFolder));
            var provenance = await TimedAsync("FETCHSOURCE", () => options.Sources.FetchAsync(_build, workspace.FullName, log.Add, cancel));
            live.Change(build => build.SourceProvenance = provenance);
        }
    }

    private async Task<bool> StepsAsync(BuildSite site, CancellationToken cancel)
    {
        await _steps!.RunAsync(cancel);
        var missing = await site.Images.Push.MissingAsync(site.Engine, _build.Images, cancel);
        return missing.Count == 0
            ? true
            : throw new BuildFaultException(FailureType.PushImageNotFound, $"failed to find one or more images after execution of build steps: [{string.Join(' ', missing.Select(image => $"\"{image}\""))}]");
    }

    private async Task PushAsync(BuildSite site, CancellationToken cancel)
    {
        if (_build.Images.Count == 0 && _build.Artifacts?.Objects is null)
        {
            return;
        }

        await TimedAsync("PUSH", async () =>
        {
            foreach (var image in _build.Images)
            {
                var pushed = await site.Images.Push.PushAsync(site.Engine, image, log.Add, cancel);
                live.Change(build => (build.Results ??= new Results()).Images.Add(pushed));
            }

            await ArtifactsAsync(site, cancel);
            return true;
        });
    }

    private async Task ArtifactsAsync(BuildSite site, CancellationToken cancel)
    {
        if (_build.Artifacts?.Objects is null)
        {
            return;
        }

        var results = new Results();
        var reader = new WorkspaceReader(site);
        await options.Artifacts.UploadAsync(_build, reader.ReadAsync, results, log.Add, cancel);
        live.Change(build => (build.Results ??= new Results()).MergeFrom(results));
    }

    private async Task<T> TimedAsync<T>(string phase, Func<Task<T>> work)
    {
        var start = options.Time.GetUtcNow().ToTimestamp();
        try
        {
            return await work();
        }
        finally
        {
            live.Change(build => build.Timing[phase] = new Span { StartTime = start, EndTime = options.Time.GetUtcNow().ToTimestamp() });
        }
    }
}

using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Globalization;
using MlOps.Containers;
using MlOps.Core.Graph;
using MlOps.Core.Images;
using MlOps.Core.Problems;
using MlOps.Google;
using MlOps.Google.Registry;
using MlOps.Steps.Build;
using MlOps.Steps.Project;
using MlOps.Steps.Push;
using MlOps.Steps.Workspaces;
using MlOps.Testing;

namespace MlOps.Steps.Tests;

/// <summary>
/// A repo of components, an environment of its own in a real registry, and the real engine. Whatever the steps make on the engine has
/// the environment's name in it and is removed at the end.
/// </summary>
internal sealed class DeliveryLab : IAsyncDisposable, IDisposable, IDeliveryLog
{
    public const string BaseImage = "busybox:1.36";

    private readonly RegistryProcess? _registry;
    private readonly TemporaryFolder _folder = new();
    private readonly string _name = $"mlops-test-{Guid.NewGuid():N}";
    private int _commits;

    private DeliveryLab(RegistryProcess? registry) => (_registry, Endpoint) = (registry, registry is null ? GcpEndpoint.Google : GcpEndpoint.Local(registry.Address, registry.Address));

    public GcpEndpoint Endpoint { get; init; }

    public RegistryClient Registry => new(Endpoint);

    public string Root => _folder.Path;

    public string Images => $"us-central1-docker.pkg.dev/{_name}/ml";

    public ConcurrentQueue<string> Lines { get; } = new();

    public DeliveryOptions Options { get; set; } = DeliveryOptions.Default;

    public BuildSettings Settings { get; set; } = BuildSettings.None;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    /// <summary>With a registry and an engine; skips the test, saying so, where one is missing.</summary>
    public static async Task<DeliveryLab> StartAsync()
    {
        try
        {
            await using var engine = await ContainerEngine.ConnectAsync(Cancel);
            Assert.SkipUnless(await engine.Images.ExistsAsync(BaseImage, Cancel), $"The engine has no {BaseImage}: run make base-images.");
        }
        catch (MachineLacksException lacking)
        {
            Assert.Skip(lacking.Message);
        }

        return new DeliveryLab(await RegistryProcess.StartAsync());
    }

    /// <summary>Files alone: no registry, no engine.</summary>
    public static DeliveryLab OfFiles() => new(null);

    /// <summary>A component whose image is what its Dockerfile says.</summary>
    public void Component(string name, string dockerfile, params (string Path, string Text)[] files)
    {
        Write($"components/{name}/component.yaml", $"name: {name}\nimplementation:\n  container:\n    image: {name}:latest  # mine\n    command: [sh]\n");
        Write($"components/{name}/Dockerfile", dockerfile);
        foreach (var (path, text) in files)
        {
            Write($"components/{name}/{path}", text);
        }
    }

    public string Write(string path, string text) => _folder.Write(path, text);

    /// <summary>A commit that changed the given files.</summary>
    public SourceRevision Commit(params string[] changed)
    {
        var commit = Digest.Of((++_commits).ToString(CultureInfo.InvariantCulture) + _name).Hex[..40];
        var source = new SourceRevision("repo", commit, "main", null, false, "0123456", [.. changed.Select(path => new ChangedFile(path, "modified"))], "a <a@b>", DateTimeOffset.UnixEpoch) { ImageTag = commit };
        Workspace.Write(Records.Source, source);
        return source;
    }

    public Workspace Workspace => new(Root);

    public ProjectFile Project => new(
        "lab", Root, "components", [.. Directory.Exists(Path.Combine(Root, "components")) ? Directory.GetDirectories(Path.Combine(Root, "components")).Order(StringComparer.Ordinal).Select(Read) : []],
        ImmutableSortedDictionary<string, PipelineSource>.Empty, TestSettings.None, LintSettings.None, ImmutableSortedDictionary<string, DeliveryEnvironment>.Empty);

    public DeliveryContext Context => new(Project, Workspace, DeliveryEnvironment.Local with { Images = Images }, Endpoint, Options, this, TimeProvider.System);

    public async Task<(BuiltImages Built, StepResult Result)> BuildAsync()
    {
        var result = await BuildStep.RunAsync(Context, Cancel);
        return (Workspace.Read(Records.Build), result);
    }

    public async Task<(PushedImages Pushed, StepResult Result)> PushAsync()
    {
        var result = await PushStep.RunAsync(Context, Cancel);
        return (Workspace.Read(Records.Push), result);
    }

    public async Task<(BuiltImages Built, PushedImages Pushed)> DeliverAsync() => ((await BuildAsync()).Built, (await PushAsync()).Pushed);

    /// <summary>The next worker: nothing on its disk, none of our images on its engine.</summary>
    public async Task FreshWorkerAsync()
    {
        Directory.Delete(Workspace.State, recursive: true);
        await RemoveImagesAsync();
    }

    /// <summary>Names of our images that the engine has.</summary>
    public async Task<IReadOnlyList<string>> OnEngineAsync()
    {
        await using var engine = await ContainerEngine.ConnectAsync(CancellationToken.None);
        var images = await engine.Client.Images.ListImagesAsync(new() { All = true }, CancellationToken.None);
        return [.. images.SelectMany(image => (image.RepoTags ?? []).Concat(image.RepoDigests ?? [])).Where(name => name.Contains(_name, StringComparison.Ordinal) && !name.EndsWith("<none>", StringComparison.Ordinal)).Distinct(StringComparer.Ordinal)];
    }

    public async Task RemoveImagesAsync()
    {
        await using var engine = await ContainerEngine.ConnectAsync(CancellationToken.None);
        foreach (var name in await OnEngineAsync())
        {
            await engine.Images.RemoveAsync(name, CancellationToken.None);
        }
    }

    public Task StopRegistryAsync() => _registry!.DisposeAsync().AsTask();

    public void Line(string step, string? subject, string text) => Lines.Enqueue($"{step} {subject}: {text}");

    public void Output(string step, string subject, string text) => Line(step, subject, text);

    public void Warning(Problem problem) => Lines.Enqueue(problem.ToString());

    public async ValueTask DisposeAsync()
    {
        if (_registry is not null)
        {
            await RemoveImagesAsync();
            await _registry.DisposeAsync();
        }

        _folder.Dispose();
    }

    /// <summary>For a lab of files alone.</summary>
    public void Dispose() => _folder.Dispose();

    private Component Read(string folder)
    {
        var dockerfile = Path.Combine(folder, "Dockerfile");
        return new Component(
            Path.GetFileName(folder), folder, Path.Combine(folder, "component.yaml"), File.Exists(dockerfile) ? dockerfile : null,
            Directory.GetFiles(folder, "*.csproj").FirstOrDefault(), TestSettings.None, LintSettings.None)
        { Build = Settings };
    }
}

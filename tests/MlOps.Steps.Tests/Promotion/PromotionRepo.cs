using System.Collections.Concurrent;
using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using MlOps.Core.Images;
using MlOps.Core.Problems;
using MlOps.Google;
using MlOps.Google.Registry;
using MlOps.Pipelines;
using MlOps.Pipelines.Ir;
using MlOps.Steps.Build;
using MlOps.Steps.Ledger;
using MlOps.Steps.Project;
using MlOps.Steps.Promotion;
using MlOps.Steps.Promotion.Gates;
using MlOps.Steps.Releases;
using MlOps.Steps.Run;
using MlOps.Steps.Upload;
using MlOps.Steps.Workspaces;
using MlOps.Testing;

namespace MlOps.Steps.Tests.Promotion;

/// <summary>
/// A repo with dev, staging and prod. Its releases are delivered by the real steps from upload on, with images pushed straight to the
/// registry: component <c>train</c>, in a pipeline whose only task that runs imports the release's metrics.
/// </summary>
internal sealed class PromotionRepo : IDeliveryLog, IDisposable
{
    private readonly PromotionLab _lab;
    private readonly TemporaryFolder _folder = new();
    private readonly bool _registries;
    private readonly string _projects;
    private readonly string _dev;

    /// <param name="projects">What the names of its projects begin with; all else is the same in every repo, to the releases' ids.</param>
    /// <param name="devOf">Its dev is that of another repo; null: it has its own.</param>
    public PromotionRepo(PromotionLab lab, string projects, bool registries, string gates, string stagingGates, PromotionRepo? devOf)
    {
        (_lab, _projects, _registries, _dev) = (lab, projects, registries, devOf?._dev ?? $"{projects}-dev");
        _folder.Write("mlops.yaml", Yaml(gates, stagingGates));
        _folder.Write("pipelines/training.json", "{}");
        _folder.Write("components/train/component.yaml", "name: train\nimplementation: {container: {image: train}}\n");
        _folder.Write("components/train/Dockerfile", "FROM scratch\n");
        Project = ProjectFileReader.Read(_folder.Path);
    }

    public string Name => "strikes";

    public ProjectFile Project { get; private set; }

    public Actor Actor { get; init; } = new("ann@example.com", null);

    public TimeProvider Time { get; init; } = TimeProvider.System;

    public ConcurrentQueue<string> Lines { get; } = new();

    private static CancellationToken Cancel => PromotionLab.Cancel;

    /// <summary>Reads mlops.yaml anew, changed.</summary>
    public void Change(string what, string by)
    {
        var file = Path.Combine(_folder.Path, "mlops.yaml");
        Assert.Contains(what, File.ReadAllText(file), StringComparison.Ordinal);
        File.WriteAllText(file, File.ReadAllText(file).Replace(what, by, StringComparison.Ordinal));
        Project = ProjectFileReader.Read(_folder.Path);
    }

    public EnvironmentPlace Place(string environment, GcpEndpoint? endpoint = null) => new(Project.Environments[environment], endpoint ?? _lab.Endpoint);

    public LedgerStore Ledger(string environment, GcpEndpoint? endpoint = null) => new(Place(environment, endpoint), Name);

    public async Task<EnvironmentState> StateAsync(string environment, GcpEndpoint? endpoint = null) => (await Ledger(environment, endpoint).ReadAsync(Cancel)).State;

    /// <summary>The steps upload, run and release on a worker that has nothing but what the steps before them leave.</summary>
    /// <param name="number">The same number is the same commit with the same images.</param>
    /// <param name="testedNumber">Of the commit that tests and lint looked at; by default the same.</param>
    public async Task<ReleaseRecord> DeliverAsync(int number, GcpEndpoint? endpoint = null, bool dirty = false, double accuracy = 0.9, CancellationToken? cancel = null, int? testedNumber = null)
    {
        // The images are there before: what is tested here is what comes after push.
        var image = await PushAsync(number, _lab.Endpoint);
        var root = Path.Combine(_folder.Path, "worker");
        if (Directory.Exists(root))
        {
            Directory.Delete(root, recursive: true);
        }

        var workspace = new Workspace(root);
        var context = new DeliveryContext(Project with { Root = root }, workspace, Project.Environments["dev"], endpoint ?? _lab.Endpoint, DeliveryOptions.Default, this, Time);
        Leave(context, number, image, dirty, accuracy, testedNumber is { } other ? Commit(other) : null);
        var end = cancel ?? Cancel;
        await UploadStep.RunAsync(context, end);
        await RunStep.RunAsync(context, end);
        await ReleaseStep.RunAsync(context, end);
        return workspace.Read(Records.Release);
    }

    /// <summary>The step release alone, on the worker that the last delivery left.</summary>
    public async Task<ReleaseRecord> RecordAsync(int number)
    {
        var root = Path.Combine(_folder.Path, "worker");
        var context = new DeliveryContext(Project with { Root = root }, new Workspace(root), Project.Environments["dev"], _lab.Endpoint, DeliveryOptions.Default, this, Time);
        Leave(context, number, await PushAsync(number, _lab.Endpoint), dirty: false, 0.9, null);
        await ReleaseStep.RunAsync(context, Cancel);
        return context.Workspace.Read(Records.Release);
    }

    public PromotionRun Promotion(string to, GcpEndpoint? endpoint = null, string[]? skip = null, string? why = null, Actor? actor = null, ApprovedBuild? build = null, GcpEndpoint? from = null) => new(
        new PromotionRequest(Project, Place(Project.Environments[to].PromoteFrom!, from ?? endpoint), Place(to, endpoint), Name, actor ?? Actor, skip ?? [], why, build), (step, subject, text) => Line(step, subject, text), Time);

    public Task<MoveOutcome> PromoteAsync(ReleaseRecord release, string to, GcpEndpoint? endpoint = null) => Promotion(to, endpoint).RunAsync(release, Cancel);

    public Rollback Rollback(string environment, GcpEndpoint? endpoint = null, string[]? skip = null, string? why = null, Actor? actor = null) =>
        new(Place(environment, endpoint), Name, actor ?? Actor, skip ?? [], why, (step, subject, text) => Line(step, subject, text), Time);

    public Orders Orders(string environment, string? who = null, GcpEndpoint? endpoint = null) => new(Place(environment, endpoint), Name, who is null ? Actor : new Actor(who, null), Time);

    public async Task<ReleaseRecord> ReleaseAsync(string environment, Digest id) => (await new ReleaseStore(Place(environment)).FindAsync(Name, id, Cancel))!;

    public void Line(string step, string? subject, string text) => Lines.Enqueue($"{step} {subject}: {text}");

    public void Output(string step, string subject, string text) => Line(step, subject, text);

    public void Warning(Problem problem) => Lines.Enqueue(problem.ToString());

    public void Dispose() => _folder.Dispose();

    /// <summary>A small real image, other for each number.</summary>
    public async Task<ImageReference> PushAsync(int number, GcpEndpoint endpoint)
    {
        var registry = new RegistryClient(endpoint);
        var repository = ComponentImage.Of(Project.Environments["dev"], "train");
        var config = Encoding.UTF8.GetBytes($$$"""{"architecture":"amd64","os":"linux","config":{},"rootfs":{"type":"layers","diff_ids":["{{{Digest.Of($"layer {number}")}}}"]}}""");
        var layer = Encoding.UTF8.GetBytes($"layer {number}");
        var manifest = new ManifestDocument
        {
            Config = new Descriptor("application/vnd.oci.image.config.v1+json", Digest.Of(config), config.Length),
            Layers = [new Descriptor("application/vnd.oci.image.layer.v1.tar", Digest.Of(layer), layer.Length)],
        }.Written(MediaTypes.OciManifest);
        await registry.UploadBlobAsync(repository, BlobContent.Of(config), Cancel);
        await registry.UploadBlobAsync(repository, BlobContent.Of(layer), Cancel);
        await registry.PutManifestAsync(repository.WithTag(Commit(number)), manifest, Cancel);
        return repository.Pinned(manifest.Digest);
    }

    public string Commit(int number) => Digest.Of($"{Name} commit {number}").Hex[..40];

    private void Leave(DeliveryContext context, int number, ImageReference image, bool dirty, double accuracy, string? tested)
    {
        var (workspace, commit) = (context.Workspace, Commit(number) + (dirty ? "-dirty-0123abc" : ""));
        workspace.Write(Records.Source, new SourceRevision(Name, Commit(number), "main", number == 100 ? "v1.0.0" : null, dirty, null, [], "ann <ann@example.com>", DateTimeOffset.UnixEpoch.AddDays(number)) { ImageTag = commit });
        workspace.Write(Records.Test, new TestReport("f", [new TestSuiteResult("repo", 3, 0, 0, 0.1, [])]) { Of = tested ?? commit });
        workspace.Write(Records.Lint, new LintReport("f", []) { Of = tested ?? commit });
        workspace.Write(Records.Push, new PushedImages(commit, [new PushedImage("train", ComponentImage.Of(context.Environment, "train").WithTag(commit), image.Digest!.Value, 100)]));
        var spec = Pipeline(image, accuracy);
        var bytes = new CompiledPipelineSpec("training", spec).Bytes.ToArray();
        Directory.CreateDirectory(workspace.PathOf("pipelines"));
        File.WriteAllBytes(workspace.PathOf("pipelines", "training.json"), bytes);
        workspace.Write(Records.Compile, new CompiledPipelines("f", [new CompiledPipeline("training", "training", ".mlops/pipelines/training.json", Digest.Of(bytes), HostNeutral.DigestOf(spec, reference => reference.Digest == image.Digest ? "train" : null))]));
    }

    private static JsonObject Pipeline(ImageReference image, double accuracy) => JsonNode.Parse($$$"""
        {
          "schemaVersion": "2.1.0", "sdkVersion": "kfp-2.14.0", "pipelineInfo": {"name": "training"},
          "deploymentSpec": {"executors": {
            "exec-train": {"container": {"image": "{{{image}}}", "command": ["true"]}},
            "exec-evaluate": {"importer": {"artifactUri": {"constant": "gs://elsewhere/metrics"}, "typeSchema": {"schemaTitle": "system.Metrics", "schemaVersion": "0.0.1"}, "reimport": true,
              "metadata": {"accuracy": {{{accuracy.ToString(CultureInfo.InvariantCulture)}}} } } } } },
          "components": {
            "comp-train": {"executorLabel": "exec-train", "inputDefinitions": {"parameters": {"train": {"parameterType": "STRING"} } } },
            "comp-evaluate": {"executorLabel": "exec-evaluate", "outputDefinitions": {"artifacts": {"artifact": {"artifactType": {"schemaTitle": "system.Metrics", "schemaVersion": "0.0.1"} } } } } },
          "root": {
            "inputDefinitions": {"parameters": {"train": {"parameterType": "STRING", "defaultValue": "no", "isOptional": true} } },
            "dag": {"tasks": {
              "evaluate": {"taskInfo": {"name": "evaluate"}, "componentRef": {"name": "comp-evaluate"}, "cachingOptions": {}},
              "train": {"taskInfo": {"name": "train"}, "componentRef": {"name": "comp-train"}, "cachingOptions": {}, "dependentTasks": ["evaluate"],
                "inputs": {"parameters": {"train": {"componentInputParameter": "train"} } },
                "triggerPolicy": {"condition": "inputs.parameter_values['train'] == 'yes'"} } } } }
        }
        """)!.AsObject();

    private string Yaml(string gates, string stagingGates)
    {
        var yaml = new StringBuilder($"name: {Name}\ncomponents: components\npipelines:\n  training: {{source: pipelines/training.json, compiler: ir}}\nenvironments:\n");
        foreach (var (environment, rest) in new[] { ("dev", ""), ("staging", "    promoteFrom: dev\n" + stagingGates), ("prod", "    promoteFrom: staging\n" + gates) })
        {
            var project = environment == "dev" ? _dev : $"{_projects}-{environment}";
            var registry = _registries ? project : _dev;
            yaml.Append(CultureInfo.InvariantCulture, $"""
                  {environment}:
                    project: {project}
                    region: us-central1
                    images: us-central1-docker.pkg.dev/{registry}/ml
                    pipelines: https://us-central1-kfp.pkg.dev/{registry}/pipelines
                    pipelineRoot: gs://{project}/root
                    run:
                      pipeline: training

                """).Append(rest);
        }

        return yaml.ToString();
    }
}

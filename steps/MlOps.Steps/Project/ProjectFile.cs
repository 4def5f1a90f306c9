using System.Collections.Immutable;
using MlOps.Core.Problems;

namespace MlOps.Steps.Project;

/// <summary>What <c>mlops.yaml</c> says (design.md, "mlops.yaml, the one file a repo adds"), with the components found in its folder.</summary>
/// <param name="Root">Full path of the folder that holds <c>mlops.yaml</c>.</param>
/// <param name="ComponentsFolder">Relative to the root.</param>
public sealed record ProjectFile(
    string Name,
    string Root,
    string ComponentsFolder,
    ImmutableArray<Component> Components,
    ImmutableSortedDictionary<string, PipelineSource> Pipelines,
    TestSettings Test,
    LintSettings Lint,
    ImmutableSortedDictionary<string, DeliveryEnvironment> Environments)
{
    public const string FileName = "mlops.yaml";

    /// <summary>Components by the build argument that gives other images theirs (<see cref="Component.ImageArgument"/>).</summary>
    public ILookup<string, Component> ByImageArgument { get; } = Components.ToLookup(component => component.ImageArgument, StringComparer.Ordinal);

    /// <summary>Findings that did not keep the file from being read.</summary>
    public ImmutableArray<Problem> Warnings { get; init; } = [];

    /// <summary>Inputs of component.yaml files with no type or one of the author's own that are used by value are strings.</summary>
    public bool CoerceCustomTypes { get; init; }

    /// <summary>Where the repo is hosted; null where the file does not say.</summary>
    public RepositorySettings? Repository { get; init; }

    /// <summary>Files of triggers (as <c>gcloud builds triggers import</c> takes them) that every environment has.</summary>
    public ImmutableArray<NamedFile> TriggerFiles { get; init; } = [];
}

/// <summary>A subfolder of the components' folder that holds a <c>component.yaml</c>.</summary>
/// <param name="Folder">Full path.</param>
/// <param name="ComponentFile">Full path of component.yaml.</param>
/// <param name="Dockerfile">Full path; null where the image is published from the .NET project or is not built here.</param>
/// <param name="DotnetProject">Full path of the .csproj that the .NET SDK publishes as an image where there is no Dockerfile.</param>
public sealed record Component(string Name, string Folder, string ComponentFile, string? Dockerfile, string? DotnetProject, TestSettings Test, LintSettings Lint)
{
    /// <summary>Build arguments and secrets: the repo's, with the component's own over them.</summary>
    public BuildSettings Build { get; init; } = BuildSettings.None;

    /// <summary>The build argument by which other components' Dockerfiles take this one's image: <c>IMAGE_TRAIN_MODEL</c> for <c>train-model</c>.</summary>
    public string ImageArgument => "IMAGE_" + string.Concat(Name.Select(letter => char.IsAsciiLetterOrDigit(letter) ? char.ToUpperInvariant(letter) : '_'));

    /// <summary>Whether this repo builds the component's image; otherwise component.yaml's own image is used as it is.</summary>
    public bool IsBuilt => Dockerfile is not null || DotnetProject is not null;
}

/// <param name="Source">Full path.</param>
/// <param name="Compiler"><c>yaml</c> (native), <c>ir</c>, <c>kfp</c>, <c>tfx</c>, <c>csharp</c> or <c>command</c>.</param>
/// <param name="Command">For <c>command</c>: what writes the file named by the environment variable <c>MLOPS_OUTPUT</c>; else null.</param>
public sealed record PipelineSource(string Name, string Source, string Compiler, string? Command, SourceSpot Spot);

/// <param name="Command">Runs on the machine by <c>sh -c</c>, in the repo's root or the component's folder.</param>
/// <param name="Reports">Glob of the JUnit files that it writes, relative to where it runs.</param>
/// <param name="Integration">Needs the images; run after build.</param>
public sealed record TestSettings(string? Command, string Reports, string? Integration)
{
    public static TestSettings None { get; } = new(null, "**/*junit*.xml", null);
}

public sealed record LintSettings(ImmutableArray<string> Commands)
{
    public static LintSettings None { get; } = new([]);
}

/// <param name="Args">Passed as <c>--build-arg</c>; part of the image's fingerprint.</param>
/// <param name="Secrets">By id, for <c>RUN --mount=type=secret,id=ID</c>; never part of a fingerprint, a log or an image.</param>
public sealed record BuildSettings(ImmutableSortedDictionary<string, string> Args, ImmutableSortedDictionary<string, BuildSecret> Secrets)
{
    public static BuildSettings None { get; } = new(
        ImmutableSortedDictionary.Create<string, string>(StringComparer.Ordinal), ImmutableSortedDictionary.Create<string, BuildSecret>(StringComparer.Ordinal));
}

/// <summary>Where a build secret comes from: exactly one of the two is given.</summary>
/// <param name="Variable">Name of an environment variable of the machine that builds.</param>
/// <param name="File">Full path.</param>
public sealed record BuildSecret(string? Variable, string? File, SourceSpot Spot);

/// <summary>One environment: where it lives and what is run there.</summary>
/// <param name="Images">Google's name of the image repository, <c>LOC-docker.pkg.dev/PROJECT/REPO</c>.</param>
/// <param name="Pipelines">KFP repository (<c>https://LOC-kfp.pkg.dev/PROJECT/REPO</c>) or <c>gs://BUCKET/FOLDER</c>.</param>
/// <param name="PipelineRoot"><c>gs://…</c></param>
public sealed record DeliveryEnvironment(
    string Name,
    string Project,
    string Region,
    string Images,
    string Pipelines,
    string PipelineRoot,
    string? ServiceAccount,
    ImmutableArray<RunSettings> Runs,
    SourceSpot Spot)
{
    public const string LocalName = "local";

    /// <summary>The environment that releases come from; null where the file does not give it.</summary>
    public string? PromoteFrom { get; init; }

    /// <summary>What starts builds for it.</summary>
    public ImmutableArray<TriggerSettings> Triggers { get; init; } = [];

    /// <summary>Files of triggers that this environment has.</summary>
    public ImmutableArray<NamedFile> TriggerFiles { get; init; } = [];

    /// <summary>What a release must show before it comes here from <see cref="PromoteFrom"/>.</summary>
    public GateSettings Gates { get; init; } = GateSettings.Default;

    /// <summary>Builds of its trigger wait for somebody's approval, and so does every promotion.</summary>
    public bool NeedsApproval { get; init; }

    /// <summary>Keys that are understood but not built yet; a verb that would need one says so.</summary>
    public ImmutableArray<string> NotBuiltYet { get; init; } = [];

    /// <summary>The environment of the local cloud, which always exists, outside a repo too (design.md).</summary>
    public static DeliveryEnvironment Local { get; } = new(
        LocalName, "local", "us-central1", "us-central1-docker.pkg.dev/local/ml", "https://us-central1-kfp.pkg.dev/local/pipelines", "gs://local/root", null, [], default);
}

/// <summary>A pipeline to run in an environment.</summary>
/// <param name="ParametersFile">Full path of a YAML map of parameter values, or null.</param>
/// <param name="FailurePolicy"><c>slow</c> (Vertex's default: what can still run, runs) or <c>fast</c>.</param>
/// <param name="Parallel">Runs side by side with the others that say so; otherwise in order.</param>
public sealed record RunSettings(string Pipeline, string? ParametersFile, TimeSpan Timeout, bool? Caching, string FailurePolicy, bool Parallel, SourceSpot Spot)
{
    public static TimeSpan DefaultTimeout { get; } = TimeSpan.FromHours(24);
}

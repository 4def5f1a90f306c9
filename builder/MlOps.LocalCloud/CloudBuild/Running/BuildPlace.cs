using System.Collections.Immutable;
using MlOps.Containers.Running;

namespace MlOps.LocalCloud.CloudBuild.Running;

/// <summary>The names and labels of one build's things on the engine, and where its steps see them.</summary>
internal sealed class BuildPlace(string instance, string buildId)
{
    public const string Workspace = "/workspace", Home = "/builder/home", Outputs = "/builder/outputs", Scripts = "/builder/scripts", Socket = "/var/run/docker.sock";
    public const string CloudLabel = "mlops.cloud", BuildLabel = "mlops.build";

    public ImmutableDictionary<string, string> Labels { get; } = ImmutableDictionary<string, string>.Empty.Add(CloudLabel, instance).Add(BuildLabel, buildId);

    public string WorkspaceVolume => Name("workspace");

    /// <summary>The volumes that every step sees, by the paths at which it sees them.</summary>
    public ImmutableDictionary<string, string> Volumes => ImmutableDictionary<string, string>.Empty.Add(Workspace, Name("workspace")).Add(Home, Name("home"));

    public string ContainerName(int step) => Name($"step-{step}");

    public ContainerMount MountWorkspace() => Volume("workspace", Workspace);

    public ContainerMount MountHome() => Volume("home", Home);

    public ContainerMount MountScripts() => Volume("scripts", Scripts);

    /// <summary>A volume that the file names; steps that use the same name share it.</summary>
    public ContainerMount MountNamed(string name, string path) => Volume($"volume-{name}", path);

    /// <summary>Each step has its own.</summary>
    public ContainerMount MountOutputs() => ContainerMount.Anonymous(Outputs) with { Labels = Labels };

    private ContainerMount Volume(string name, string path) => ContainerMount.Volume(Name(name), path) with { Labels = Labels };

    private string Name(string of) => $"mlops-build-{buildId}-{of}";
}

namespace MlOps.LocalCloud.Hosting;

/// <summary>How a local cloud is started.</summary>
/// <param name="StateFolder">Where everything is kept: objects, images, metadata, ports. One owner at a time.</param>
public sealed record LocalCloudOptions(string StateFolder)
{
    /// <summary><c>$MLOPS_HOME/cloud</c>; without the variable, <c>~/.local/share/mlops/cloud</c>.</summary>
    public static string DefaultStateFolder => Path.Combine(Home(), "cloud");

    /// <summary>The configuration of builds, which need not be there: <c>$MLOPS_HOME/cloud.yaml</c>, beside the state folder.</summary>
    public string SettingsFile { get; init; } = Path.Combine(Path.GetDirectoryName(Path.GetFullPath(StateFolder)) ?? StateFolder, "cloud.yaml");

    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>
    /// Buckets and repositories that something is written to are made when they are not there, as if a platform team had
    /// made them beforehand (Google answers NOT_FOUND). False: as Google.
    /// </summary>
    public bool CreateOnWrite { get; init; } = true;

    /// <summary>Also listens as a proxy for Google's hosts over TLS, which gcloud needs to read builds' logs.</summary>
    public bool Gcloud { get; init; }

    /// <summary>Pipeline tasks that run side by side at most; null: <see cref="Vertex.VertexOptions.MaxParallel"/>.</summary>
    public int? MaxParallel { get; init; }

    /// <summary>The distribution's registry: a program on the PATH; where it is absent, <see cref="RegistryImage"/> is run.</summary>
    public string RegistryProgram { get; init; } = "docker-registry";

    public string RegistryImage { get; init; } = "registry:2";

    private static string Home()
    {
        var home = Environment.GetEnvironmentVariable("MLOPS_HOME");
        // Not verified: of a home that is not there yet nothing would be told, and the state would be relative to wherever one stands.
        return Path.GetFullPath(string.IsNullOrEmpty(home)
            ? Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile, Environment.SpecialFolderOption.DoNotVerify), ".local", "share", "mlops")
            : home);
    }
}

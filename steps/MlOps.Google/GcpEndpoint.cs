namespace MlOps.Google;

/// <summary>
/// Where Google Cloud is: the one value in which the local cloud and Google's differ (design.md, rule 1).
/// Resource names, image references and pipeline addresses always hold Google's names; only an endpoint knows ports.
/// </summary>
/// <param name="Http">Base address of REST, Storage, KFP and <c>/v2/</c> of a local cloud; null for Google's own hosts.</param>
/// <param name="Grpc">Base address (h2c) of gRPC of a local cloud; null for Google's own hosts.</param>
/// <param name="Credential">Access tokens; <see cref="AccessToken.None"/> where none is asked for.</param>
public sealed record GcpEndpoint(Uri? Http, Uri? Grpc, AccessToken Credential)
{
    /// <summary>Google's own hosts, with application default credentials.</summary>
    public static GcpEndpoint Google { get; } = new(null, null, AccessToken.ApplicationDefault);

    public static GcpEndpoint Local(Uri http, Uri grpc) => new(http, grpc, AccessToken.None);

    public bool IsTls => Http is null;

    /// <summary>Vertex AI's regional service, for gRPC.</summary>
    public Uri Vertex(string region) => Grpc ?? new Uri($"https://{region}-aiplatform.googleapis.com");

    /// <summary>Artifact Registry's service, for gRPC.</summary>
    public Uri ArtifactRegistry => Grpc ?? new Uri("https://artifactregistry.googleapis.com");

    /// <summary>Cloud Build's service, for gRPC; it serves all regions.</summary>
    public Uri CloudBuild => Grpc ?? new Uri("https://cloudbuild.googleapis.com");

    /// <summary>Cloud Storage's JSON API: paths begin with <c>/storage/v1/</c>, <c>/upload/storage/v1/</c>.</summary>
    public Uri Storage => Http ?? new Uri("https://storage.googleapis.com");

    /// <summary>The base of an OCI registry's <c>/v2/</c> and the repository path on it, for an image host and path with Google's names.</summary>
    /// <remarks>Local: <c>LOC-docker.pkg.dev/P/R/I</c> is served as <c>/v2/LOC/P/R/I</c>, <c>gcr.io/P/I</c> as <c>/v2/gcr.io/P/I</c>.</remarks>
    public (Uri Base, string Repository) Registry(string host, string path)
    {
        if (Http is null || !IsGoogleRegistry(host))
        {
            var plain = host.StartsWith("127.0.0.1:", StringComparison.Ordinal) || host.StartsWith("localhost:", StringComparison.Ordinal);
            return (new Uri($"{(plain ? "http" : "https")}://{host}"), path);
        }

        return (Http, $"{LocalRegistryFolder(host)}/{path}");
    }

    /// <summary>The address at which a KFP repository <c>https://LOC-kfp.pkg.dev/P/R</c> is served. Local: <c>HTTP/kfp/LOC/P/R</c>.</summary>
    public Uri Kfp(Uri repository)
    {
        if (Http is null || !repository.Host.EndsWith("-kfp.pkg.dev", StringComparison.Ordinal))
        {
            return repository;
        }

        var location = repository.Host[..^"-kfp.pkg.dev".Length];
        return new Uri(Http, $"/kfp/{location}{repository.AbsolutePath.TrimEnd('/')}");
    }

    public static bool IsGoogleRegistry(string host) =>
        host.EndsWith("-docker.pkg.dev", StringComparison.Ordinal) || host == "gcr.io" || host.EndsWith(".gcr.io", StringComparison.Ordinal);

    private static string LocalRegistryFolder(string host) =>
        host.EndsWith("-docker.pkg.dev", StringComparison.Ordinal) ? host[..^"-docker.pkg.dev".Length] : host;
}

using System.CommandLine;
using System.Text.RegularExpressions;
using MlOps.Cli.Verbs;
using MlOps.Core.Problems;
using MlOps.Google.Grpc;
using MlOps.Google.Storage;
using MlOps.Steps.Project;
using MlOps.Steps.Submit;

namespace MlOps.Cli.Sessions;

/// <summary>Cloud Build and Storage of an environment, for the duration of a verb.</summary>
internal sealed partial class BuildClient : IAsyncDisposable
{
    public static readonly Option<string?> Project = new("--project") { Description = "Another project than the environment's." };
    public static readonly Option<string?> Region = new("--region") { Description = "Where the build is (default: global)." };

    private readonly CloudAccess _cloud;
    private readonly GrpcChannels _channels;

    private BuildClient(VerbContext verb, CloudAccess cloud, string project, string region)
    {
        _cloud = cloud;
        Flags = (verb.EnvironmentName is { } environment ? $" --env {environment}" : "")
            + (verb.Parsed.GetValue(Project) is { } given ? $" --project {given}" : "")
            + (region == CloudBuilds.Global ? "" : $" --region {region}");
        _channels = new GrpcChannels(cloud.Endpoint);
        Builds = new CloudBuilds(_channels, project, region);
        Storage = new StorageClient(cloud.Endpoint);
    }

    public CloudBuilds Builds { get; }

    public StorageClient Storage { get; }

    /// <summary>What a further command about the same builds is to be given, a blank before each: <c> --env prod --region europe-west1</c>.</summary>
    public string Flags { get; }

    /// <summary>It is a local cloud that runs in this process.</summary>
    public bool EndsWithTheVerb => _cloud.EndsWithTheVerb;

    /// <exception cref="InvalidInputException">What is given is no project's id.</exception>
    public static string ProjectOf(VerbContext verb, DeliveryEnvironment environment)
    {
        var project = verb.Parsed.GetValue(Project) ?? environment.Project;
        return ProjectId().IsMatch(project) ? project : throw new InvalidInputException("bad-project", $"'{project}' is no project's id: expected lower-case letters, digits and '-', such as acme-ml-dev.");
    }

    public static string RegionOf(VerbContext verb) => verb.Parsed.GetValue(Region) ?? CloudBuilds.Global;

    /// <param name="region">Where none is asked for; null for global.</param>
    public static async Task<BuildClient> OpenAsync(VerbContext verb, DeliveryEnvironment environment, string? region, CancellationToken cancel) =>
        new(verb, await CloudAccess.OpenAsync(environment, verb.Time, cancel), ProjectOf(verb, environment), verb.Parsed.GetValue(Region) ?? region ?? CloudBuilds.Global);

    public static Task<BuildClient> OpenAsync(VerbContext verb, CancellationToken cancel) => OpenAsync(verb, DeliverySession.EnvironmentOf(verb), null, cancel);

    public BuildWait Wait(TimeProvider time) => new(Builds, Storage, time);

    public async ValueTask DisposeAsync()
    {
        _channels.Dispose();
        await _cloud.DisposeAsync();
    }

    /// <summary>With the domain of an organisation in front in some old ones.</summary>
    [GeneratedRegex(@"\A([a-z0-9.-]+:)?[a-z0-9][a-z0-9-]{0,62}\z", RegexOptions.ExplicitCapture)]
    private static partial Regex ProjectId();
}

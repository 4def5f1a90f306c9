using MlOps.Cli.Verbs;
using MlOps.Core.Problems;
using MlOps.Steps;
using MlOps.Steps.Checkout;
using MlOps.Steps.Project;
using MlOps.Steps.Promotion;

namespace MlOps.Cli.Sessions;

/// <summary>A repo and the clouds where its environments live, each opened once, for the duration of a verb.</summary>
internal sealed class PromotionSession(VerbContext verb, ProjectFile project) : IAsyncDisposable
{
    private readonly Dictionary<bool, CloudAccess> _clouds = [];

    public ProjectFile Project => project;

    public string Repo { get; } = RevisionReader.RepoOf(project.Root, project.Name, BuildValues.FromEnvironment());

    /// <summary>What is checked out here, whose mlops.yaml and settings are asked; null without git.</summary>
    public string? Checkout => RevisionReader.TagOf(project.Root, project.Name);

    public Actor Actor { get; } = Actor.Of(project.Root);

    public TimeProvider Time => verb.Time;

    public static PromotionSession Open(VerbContext verb)
    {
        CloudAccess.Prepare();
        return new PromotionSession(verb, ProjectFileReader.Read(verb.ProjectDirectory));
    }

    /// <summary>What a person calls a release, as its records know it: a git tag is mostly younger than the release, so it stands for its commit.</summary>
    public string Named(string which) => RevisionReader.CommitOfTag(project.Root, which) ?? which;

    /// <exception cref="InvalidInputException">There is no such environment.</exception>
    public async Task<EnvironmentPlace> PlaceAsync(string name, CancellationToken cancel)
    {
        var environment = DeliverySession.Choose(project, name);
        var isLocal = environment.Name == DeliveryEnvironment.LocalName;
        if (!_clouds.TryGetValue(isLocal, out var cloud))
        {
            // MLOPS_CLOUD may say that all of them live in one.
            cloud = CloudAccess.IsChosen && _clouds.Values.FirstOrDefault() is { } one ? one : await CloudAccess.OpenAsync(environment, verb.Time, cancel);
            _clouds[isLocal] = cloud;
        }

        return new EnvironmentPlace(environment, cloud.Endpoint);
    }

    /// <summary>All environments in the order in which releases go through them; just one where it is named.</summary>
    public async Task<IReadOnlyList<EnvironmentPlace>> PlacesAsync(string? only, CancellationToken cancel)
    {
        var places = new List<EnvironmentPlace>();
        foreach (var name in only is null ? StatusBoard.Order(project) : [only])
        {
            places.Add(await PlaceAsync(name, cancel));
        }

        return places;
    }

    /// <summary>An environment and the one from where it takes its releases.</summary>
    /// <exception cref="InvalidInputException">It takes none.</exception>
    public async Task<(EnvironmentPlace From, EnvironmentPlace To)> WayAsync(string name, CancellationToken cancel)
    {
        var environment = DeliverySession.Choose(project, name);
        var from = environment.PromoteFrom ?? throw new InvalidInputException(
            "no-promotion",
            $"Nothing is promoted to {name}: its releases are made there ('mlops ci --env {name}'). Give it 'promoteFrom' in mlops.yaml to take them from another environment.",
            environment.Spot);
        return (await PlaceAsync(from, cancel), await PlaceAsync(name, cancel));
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var cloud in _clouds.Values.Distinct())
        {
            await cloud.DisposeAsync();
        }
    }
}

using System.Collections.Immutable;
using Google.Cloud.CloudBuild.V1;
using MlOps.Cli.Sessions;
using MlOps.CloudBuild.Triggers;
using MlOps.CloudBuild.Triggers.Planning;
using MlOps.Core.Problems;
using MlOps.Google.Triggers;
using MlOps.Steps.Project;
using MlOps.Steps.Triggers;

namespace MlOps.Cli.Verbs.Triggers;

/// <summary>A project and location, the triggers that it is to have, and the difference to those that it has.</summary>
/// <param name="Elsewhere">Names of triggers there that other environments of the repo want: not left over.</param>
internal sealed record TriggerTarget(DeliveryEnvironment Environment, string Location, string Owner, ImmutableArray<WrittenTrigger> Wanted, ImmutableHashSet<string> Elsewhere)
{
    private const string Global = "global";

    public ImmutableArray<PlannedTrigger> Plan { get; init; } = [];

    /// <summary>Of the files given, in the environment chosen; else of every environment of mlops.yaml, or of the one chosen.</summary>
    public static ImmutableArray<TriggerTarget> Of(VerbContext verb, ICollection<Problem> problems)
    {
        if (TriggerInput.OfFiles(verb, problems) is { } files)
        {
            var repo = ProjectFileReader.FindRoot(verb.ProjectDirectory) is null ? null : ProjectFileReader.Read(verb.ProjectDirectory);
            var environment = repo is null ? DeliveryEnvironment.Local : DeliverySession.Choose(repo, verb.EnvironmentName);
            CheckNamed(files, problems);
            return Split(environment, ProjectTriggers.OwnerOf(repo?.Name ?? "files"), files, []);
        }

        var chosen = TriggerInput.OfProject(verb, out var project, problems);
        var all = ProjectTriggers.Read(project, []);
        return [.. chosen.Environments.SelectMany(one => Split(
            one.Environment,
            chosen.Owner,
            one.Triggers,
            [.. all.Environments.Where(other => other.Environment.Project == one.Environment.Project && other.Environment.Name != one.Environment.Name).SelectMany(other => other.Triggers).Select(trigger => trigger.Name)]))];
    }

    public async Task<TriggerTarget> PlanAsync(TimeProvider time, CancellationToken cancel)
    {
        await using var cloud = await CloudAccess.OpenAsync(Environment, time, cancel);
        var there = await new TriggerClient(cloud.Endpoint, Environment.Project, Location).ListAsync(cancel);
        var plan = TriggerPlan.Of(Wanted.Select(one => one.Trigger), there, Owner, Environment.Project);
        return this with { Plan = [.. plan.Where(one => one.Action != TriggerAction.Remove || !Elsewhere.Contains(one.Name))] };
    }

    public IEnumerable<Problem> Conflicts(bool adopt) => Plan.Where(one => one.Action == TriggerAction.Conflict && !adopt).Select(one => Problem.Error(
        "not-ours",
        $"There is a trigger named '{one.Name}' in {Environment.Project} ({Location}) that this repo has not made (it lacks the tag {Owner}): rename yours, or take it over with --adopt.",
        Wanted.First(wanted => wanted.Trigger.Name == one.Name).Places.Of("name")));

    public async Task ApplyAsync(bool adopt, bool prune, TimeProvider time, CancellationToken cancel)
    {
        await using var cloud = await CloudAccess.OpenAsync(Environment, time, cancel);
        var client = new TriggerClient(cloud.Endpoint, Environment.Project, Location);
        foreach (var one in Plan)
        {
            switch (one.Action)
            {
                case TriggerAction.Add:
                    await client.CreateAsync(one.Wanted!, cancel);
                    break;
                case TriggerAction.Change:
                case TriggerAction.Conflict when adopt:
                    await client.ReplaceAsync(one.Id, one.Wanted!, cancel);
                    break;
                case TriggerAction.Remove when prune:
                    await client.DeleteAsync(one.Id, cancel);
                    break;
            }
        }
    }

    private static IEnumerable<string> Locations(DeliveryEnvironment environment, ImmutableArray<WrittenTrigger> triggers) =>
        triggers.Select(trigger => LocationOf(trigger.Trigger)).Append(Global).Append(environment.Region).Distinct(StringComparer.Ordinal);

    /// <summary>Every place where a trigger of the environment may be; those without any, wanted or left over, are not shown.</summary>
    private static ImmutableArray<TriggerTarget> Split(DeliveryEnvironment environment, string owner, ImmutableArray<WrittenTrigger> triggers, ImmutableHashSet<string> elsewhere) =>
        [.. Locations(environment, triggers).Select(location => new TriggerTarget(environment, location, owner, [.. triggers.Where(trigger => LocationOf(trigger.Trigger) == location)], elsewhere))];

    /// <summary>A trigger lives where its connection does; without a connection it is global.</summary>
    private static string LocationOf(BuildTrigger trigger)
    {
        var resource = trigger.ResourceName.Length > 0 ? trigger.ResourceName
            : trigger.RepositoryEventConfig?.Repository ?? trigger.DeveloperConnectEventConfig?.GitRepositoryLink ?? trigger.BitbucketServerTriggerConfig?.BitbucketServerConfigResource ?? "";
        return resource.Split('/') is ["projects", _, "locations", var location, ..] ? location : Global;
    }

    private static void CheckNamed(ImmutableArray<WrittenTrigger> triggers, ICollection<Problem> problems)
    {
        foreach (var unnamed in triggers.Where(trigger => trigger.Trigger.Name.Length == 0 && trigger.Trigger.Id.Length == 0))
        {
            problems.Add(Problem.Error("missing-key", "The trigger has no 'name', by which it is found again.", unnamed.Places.Of("")));
        }
    }
}

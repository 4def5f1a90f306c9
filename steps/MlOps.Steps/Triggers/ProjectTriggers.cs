using System.Collections.Immutable;
using MlOps.CloudBuild.Triggers;
using MlOps.CloudBuild.Triggers.Checks;
using MlOps.Core.Problems;
using MlOps.Steps.Project;

namespace MlOps.Steps.Triggers;

/// <summary>The triggers that one environment is to have.</summary>
public sealed record EnvironmentTriggers(DeliveryEnvironment Environment, ImmutableArray<WrittenTrigger> Triggers);

/// <summary>All triggers that mlops.yaml speaks of: of its environments, and of the files that it names.</summary>
/// <param name="Owner">The tag that marks a trigger as this repo's: <c>mlops-NAME</c>.</param>
/// <param name="Environments">Those that have any, by name.</param>
public sealed record ProjectTriggers(string Owner, ImmutableArray<EnvironmentTriggers> Environments)
{
    public static string OwnerOf(string project) => $"mlops-{project}";

    /// <param name="problems">Every fault of every file, at its place.</param>
    public static ProjectTriggers Read(ProjectFile project, ICollection<Problem> problems)
    {
        var shared = project.TriggerFiles.SelectMany(file => ReadFile(project, file, problems)).ToImmutableArray();
        var environments = ImmutableArray.CreateBuilder<EnvironmentTriggers>();
        foreach (var environment in project.Environments.Values)
        {
            var triggers = ImmutableArray.CreateBuilder<WrittenTrigger>();
            triggers.AddRange(environment.Triggers.Select(settings => Generate(project, environment, settings, problems)).OfType<WrittenTrigger>());
            triggers.AddRange(environment.TriggerFiles.SelectMany(file => ReadFile(project, file, problems)));
            if (triggers.Count > 0 || environment.Name != DeliveryEnvironment.LocalName)
            {
                triggers.AddRange(shared);
            }

            CheckNames(environment, triggers, problems);
            if (triggers.Count > 0)
            {
                environments.Add(new EnvironmentTriggers(environment, triggers.ToImmutable()));
            }
        }

        return new ProjectTriggers(OwnerOf(project.Name), environments.ToImmutable());
    }

    /// <summary>Where the repo is hosted, by mlops.yaml; else by the git remote <c>origin</c>, where that is on GitHub; else a repository of the project's name in Cloud Source Repositories.</summary>
    public static RepositorySettings RepositoryOf(ProjectFile project) => project.Repository ?? OriginOnGitHub(project) ?? new RepositorySettings(RepositoryHost.CloudSource, project.Name, default);

    private static WrittenTrigger? Generate(ProjectFile project, DeliveryEnvironment environment, TriggerSettings settings, ICollection<Problem> problems)
    {
        var repository = settings.Repository ?? RepositoryOf(project);
        if (repository.Host == RepositoryHost.CloudSource && settings.PullRequest is not null)
        {
            // The same file serves a repo that is not hosted yet.
            problems.Add(Problem.Warning(
                "no-pull-requests",
                $"A trigger of environment '{environment.Name}' is left out: it is for pull requests, which Cloud Source Repositories do not have. Name the repository at GitHub or a connected one with 'repository', such as repository: OWNER/NAME, or as git's remote 'origin'.",
                settings.Spots["pullRequest"]));
            return null;
        }

        var written = GeneratedTrigger.Of(project, environment, settings, repository, GitFolder.Of(project.Root).Prefix);
        TriggerChecks.Check(written.Trigger, written.Places, problems);
        if (!File.Exists(Path.Combine(project.Root, settings.Config ?? GeneratedTrigger.DefaultConfig(project.Root, environment.Name))))
        {
            problems.Add(Problem.Warning("no-such-file", $"The trigger of environment '{environment.Name}' builds from {written.Trigger.Filename}, which is not there.", written.Places.Of("filename")));
        }

        return written;
    }

    private static ImmutableArray<WrittenTrigger> ReadFile(ProjectFile project, NamedFile file, ICollection<Problem> problems) =>
        SourceText.Read(project.Root, file.Path, problems) is { } text ? TriggerFile.Read(file.Path, text, problems) : [];

    private static void CheckNames(DeliveryEnvironment environment, IEnumerable<WrittenTrigger> triggers, ICollection<Problem> problems)
    {
        foreach (var unnamed in triggers.Where(trigger => trigger.Trigger.Name.Length == 0 && trigger.Trigger.Id.Length == 0))
        {
            problems.Add(Problem.Error("missing-key", "The trigger has no 'name', by which it is found again.", unnamed.Places.Of("")));
        }

        foreach (var twice in triggers.Where(trigger => trigger.Trigger.Name.Length > 0).GroupBy(trigger => trigger.Trigger.Name, StringComparer.Ordinal).Where(group => group.Count() > 1))
        {
            problems.Add(Problem.Error("duplicate-trigger", $"Environment '{environment.Name}' has {twice.Count()} triggers named '{twice.Key}'.", twice.ElementAt(1).Places.Of("name")));
        }
    }

    private static RepositorySettings? OriginOnGitHub(ProjectFile project)
    {
        if (GitFolder.Of(project.Root).Origin is not { } url || !url.Contains("github.com", StringComparison.OrdinalIgnoreCase))
        {
            return null;
        }

        var repository = RepositoryId.Path(url);
        return repository.Owner.Length > 0 ? new RepositorySettings(RepositoryHost.GitHub, repository.FullName, default) : null;
    }
}

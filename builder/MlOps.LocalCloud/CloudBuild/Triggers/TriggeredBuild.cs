using System.Globalization;
using Google.Cloud.CloudBuild.V1;
using MlOps.CloudBuild.Checks;
using MlOps.CloudBuild.Config;
using MlOps.LocalCloud.CloudBuild.Sources;
using MlOps.LocalCloud.Hosting;

namespace MlOps.LocalCloud.CloudBuild.Triggers;

/// <summary>The build that a trigger's template stands for, at a revision.</summary>
internal sealed class TriggeredBuild(LocalRepositories repositories)
{
    private static readonly string[] Detected = ["cloudbuild.yaml", "cloudbuild.yml", "cloudbuild.json"];

    /// <summary>The build as its file or the trigger says it.</summary>
    /// <exception cref="Grpc.Core.RpcException">INVALID_ARGUMENT: there is no such file, or it is no build config.</exception>
    public async Task<TemplateBuild> ReadAsync(BuildTrigger trigger, TriggerRevision? revision, CancellationToken cancel)
    {
        switch (trigger.BuildTemplateCase)
        {
            case BuildTrigger.BuildTemplateOneofCase.Build:
                return new TemplateBuild(trigger.Build.Clone(), "", ConfigPlaces.None);
            case BuildTrigger.BuildTemplateOneofCase.GitFileSource:
                return await FromFileAsync(await ElsewhereAsync(trigger.GitFileSource, revision, cancel), trigger.GitFileSource.Path, cancel);
            case BuildTrigger.BuildTemplateOneofCase.Filename:
                return await FromFileAsync(Needed(trigger, revision), trigger.Filename, cancel);
            default:
                return await DetectAsync(Needed(trigger, revision), cancel);
        }
    }

    private static TriggerRevision Needed(BuildTrigger trigger, TriggerRevision? revision) => revision
        ?? throw Rpc.Invalid($"The trigger '{trigger.Name}' reads its build from a repository, and none on this machine stands for it: 'mlops cloud watch REPO' makes one.");

    private static async Task<TemplateBuild> FromFileAsync(TriggerRevision revision, string path, CancellationToken cancel)
    {
        var text = await new LocalGit(revision.Repository.Path).FileAsync(revision.Commit, path, cancel)
            ?? throw Rpc.Invalid($"{path} is not in {revision.Repository.Name} at {revision.Commit[..7]}: commit it, or name another file in the trigger.");
        var reading = BuildConfigReader.Read(path, text);
        return reading.Message is { } build
            ? new TemplateBuild(build, path, reading.Places)
            : throw Rpc.Invalid(Refusal(reading, revision));
    }

    /// <summary>Everything that is wrong with the file, a line each, as <c>mlops config check</c> words it.</summary>
    private static string Refusal(ConfigReading<Build> reading, TriggerRevision revision)
    {
        var problems = reading.Problems.ToList();
        if (reading.Draft is { } draft)
        {
            BuildChecks.Check(draft, reading.Places, problems);
        }

        return BuildIntake.Refusal(problems, $"{reading.Places.File} in {revision.Repository.Name} at {revision.Commit[..7]}");
    }

    private static async Task<TemplateBuild> DetectAsync(TriggerRevision revision, CancellationToken cancel)
    {
        var names = await new LocalGit(revision.Repository.Path).TopAsync(revision.Commit, cancel);
        if (Detected.Select(wanted => names.FirstOrDefault(name => string.Equals(name, wanted, StringComparison.OrdinalIgnoreCase))).FirstOrDefault(name => name is not null) is { } file)
        {
            return await FromFileAsync(revision, file, cancel);
        }

        var dockerfile = names.FirstOrDefault(name => string.Equals(name, "Dockerfile", StringComparison.OrdinalIgnoreCase))
            ?? throw Rpc.Invalid($"Nothing to build was found in {revision.Repository.Name} at {revision.Commit[..7]}: expected {string.Join(", ", Detected)} or Dockerfile in the top folder.");
        const string image = "gcr.io/$PROJECT_ID/$REPO_NAME:$COMMIT_SHA";
        return new TemplateBuild(new Build { Steps = { new BuildStep { Name = "gcr.io/cloud-builders/docker", Args = { "build", "-t", image, ".", "-f", dockerfile } } }, Images = { image } }, "", ConfigPlaces.None);
    }

    /// <summary>A build config that stands in another repository, or at another revision.</summary>
    private async Task<TriggerRevision> ElsewhereAsync(GitFileSource file, TriggerRevision? built, CancellationToken cancel)
    {
        var repository = TriggerRepositories.At(file.Uri, file.Repository, repositories) ?? (file.Uri.Length == 0 && file.Repository.Length == 0 ? built?.Repository : null)
            ?? throw Rpc.Invalid($"No repository on this machine stands for {(file.Uri.Length > 0 ? file.Uri : file.Repository)}, which holds {file.Path}: 'mlops cloud watch REPO' makes one.");
        if (file.Revision.Length == 0 && built?.Repository.Path == repository.Path)
        {
            return built;
        }

        var revision = file.Revision.Length > 0 ? file.Revision : "HEAD";
        var commit = await new LocalGit(repository.Path).CommitAsync(revision, cancel)
            ?? throw Rpc.Invalid(string.Create(CultureInfo.InvariantCulture, $"There is no revision {revision} in {repository.Name}."));
        return new TriggerRevision(repository, commit, "", "");
    }
}

/// <param name="Path">The file's (<c>TRIGGER_BUILD_CONFIG_PATH</c>); empty for a build that is in the trigger.</param>
/// <param name="Places">Of the file's fields.</param>
internal sealed record TemplateBuild(Build Build, string Path, ConfigPlaces Places);

using System.Collections.Immutable;
using LibGit2Sharp;
using MlOps.Core.Images;
using MlOps.Core.Problems;
using MlOps.Google.Errors;
using MlOps.Google.Registry;
using MlOps.Steps.Lineage;
using MlOps.Steps.Releases;
using MlOps.Steps.Run;

namespace MlOps.Steps.Trace;

/// <summary>From anything that belongs to a release to the whole of it, in both directions.</summary>
/// <param name="root">A folder of the repo, whose branches and tags may be asked about.</param>
public sealed class TraceSearch(string root, KnownReleases known)
{
    /// <exception cref="InvalidInputException">Nothing is known of it.</exception>
    public async Task<ImmutableArray<ReleaseTrace>> FindAsync(string what, CancellationToken cancel)
    {
        if (string.IsNullOrWhiteSpace(what))
        {
            throw new InvalidInputException("unknown-trace-target", "There is nothing to look for: give an image, a pipeline, a run, a model, a commit, a tag or a release. (Is a variable empty?)");
        }

        var matches = TraceTarget.Find(known.Releases, what);
        if (matches.Count == 0 && CommitOf(what) is { } commit)
        {
            matches = TraceTarget.Find(known.Releases, commit);
        }

        if (matches.Count == 0)
        {
            matches = await OfImageAsync(what, cancel) ?? await OfArtifactAsync(what, cancel) ?? [];
        }

        if (matches.Count == 0)
        {
            throw new InvalidInputException(
                "unknown-trace-target",
                $"No release here has anything to do with '{what}'. Expected an image (pinned, or its digest), a pipeline (its address or sha256), a run (a job's id), a model (its artifact's id or gs:// URI), a commit, a branch, a tag or a release. {(known.Releases.IsEmpty ? "There is no release yet: 'mlops ci' makes one." : "'mlops release list' shows the releases.")}");
        }

        var models = await ModelsAsync(matches, cancel);
        return [.. matches.Select(match => ReleaseTraces.Of(match, known, models))];
    }

    /// <summary>A branch, a tag or another name that git knows.</summary>
    private string? CommitOf(string what)
    {
        try
        {
            if (Repository.Discover(root) is not { } folder)
            {
                return null;
            }

            using var repository = new Repository(folder);
            return repository.Lookup(what)?.Peel<Commit>()?.Sha;
        }
        catch (LibGit2SharpException)
        {
            return null;
        }
    }

    /// <summary>An image by a tag: the registry says which digest; or one that only the registry knows the releases of.</summary>
    private async Task<IReadOnlyList<TraceMatch>?> OfImageAsync(string what, CancellationToken cancel)
    {
        if (!ImageReference.TryParse(what, out var image) || image.Host.Length == 0)
        {
            return null;
        }

        foreach (var place in known.Environments.Select(environment => environment.Place).Where(place => image.ToString().StartsWith(place.Environment.Images, StringComparison.Ordinal)))
        {
            if (await new RegistryClient(place.Endpoint).HeadManifestAsync(image, cancel) is not { } head)
            {
                continue;
            }

            if (TraceTarget.Find(known.Releases, $"{image.Name}@{head.Digest}") is { Count: > 0 } found)
            {
                return found;
            }

            var ids = await ReleaseArtifact.HoldingAsync(place, image.Pinned(head.Digest), cancel);
            return [.. known.Releases.Where(release => ids.Contains(release.Id)).Select(release => new TraceMatch(release, "image", image.Name))];
        }

        return null;
    }

    /// <summary>A model or another artifact: its way back leads to runs, and runs to releases.</summary>
    private async Task<IReadOnlyList<TraceMatch>?> OfArtifactAsync(string what, CancellationToken cancel)
    {
        foreach (var place in known.Environments.Where(environment => !environment.Ledger.Entries.IsEmpty).Select(environment => environment.Place))
        {
            try
            {
                var way = await LineageSearch.FindAsync(LineageTarget.Parse(what), place.Environment, place.Endpoint, cancel);
                var found = way.Runs.Values.SelectMany(run => TraceTarget.Find(known.Releases, run.Job ?? run.Id)).DistinctBy(match => match.Release.Id).ToArray();
                if (found.Length > 0)
                {
                    return found;
                }
            }
            catch (InvalidInputException)
            {
                // Not known there, or no artifact at all.
            }
        }

        return null;
    }

    private async Task<IReadOnlyDictionary<string, ImmutableArray<TracedModel>>> ModelsAsync(IEnumerable<TraceMatch> matches, CancellationToken cancel)
    {
        var runs = matches.SelectMany(match => match.Release.Said<RunStatement>()).DistinctBy(said => said.Run.Job).ToArray();
        var models = await Task.WhenAll(runs.Select(async said => (said.Run.Job, Models: await ModelsAsync(said, cancel))));
        return models.ToDictionary(pair => pair.Job, pair => pair.Models, StringComparer.Ordinal);
    }

    private async Task<ImmutableArray<TracedModel>> ModelsAsync(RunStatement said, CancellationToken cancel)
    {
        if (known.Environments.FirstOrDefault(environment => environment.Place.Name == said.Environment)?.Place is not { } place)
        {
            return [];
        }

        using var jobs = new Jobs(place.Endpoint, place.Environment);
        try
        {
            var job = await jobs.GetAsync(said.Run.Job, cancel);
            return [.. (job?.JobDetail?.TaskDetails ?? [])
                .SelectMany(task => task.Outputs.Values.SelectMany(list => list.Artifacts).Where(artifact => artifact.SchemaTitle.EndsWith("Model", StringComparison.Ordinal)).Select(artifact => new TracedModel(task.TaskName, artifact.Uri, artifact.Name)))
                .DistinctBy(model => model.Uri)];
        }
        catch (CloudException)
        {
            // The run's own record may be gone; what is known of the release is told all the same.
            return [];
        }
    }
}

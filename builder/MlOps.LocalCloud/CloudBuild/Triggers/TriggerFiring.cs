using System.Collections.Immutable;
using Google.Cloud.CloudBuild.V1;
using Google.LongRunning;
using Grpc.Core;
using MlOps.CloudBuild.Triggers;
using MlOps.Core.Patterns;
using MlOps.LocalCloud.CloudBuild.Sources;
using MlOps.LocalCloud.CloudBuild.Tables;
using MlOps.LocalCloud.Hosting;
using static Google.Cloud.CloudBuild.V1.Build.Types;

namespace MlOps.LocalCloud.CloudBuild.Triggers;

/// <summary>Starts the builds of triggers: by hand, by messages, webhooks and pushes.</summary>
internal sealed class TriggerFiring(BuildIntake intake, BuildTable builds, LocalRepositories repositories, TimeProvider time)
{
    private readonly TriggeredBuild _templates = new(repositories);

    /// <summary>Runs a trigger by hand, also a disabled one.</summary>
    /// <param name="source">Branch, tag or commit, and substitutions; null for what the trigger says itself.</param>
    /// <exception cref="RpcException">INVALID_ARGUMENT: there is no such revision, or no build in it.</exception>
    public async Task<Operation> RunAsync(StoredTrigger stored, RepoSource? source, CancellationToken cancel)
    {
        var revision = await RevisionAsync(stored.Trigger, source, cancel);
        return await StartAsync(stored, revision, null, Payload.None, source?.Substitutions ?? [], cancel);
    }

    /// <summary>What comes of an event for one trigger: its decision, and the build where it fires. A fault in the trigger's file is a failed build.</summary>
    public async Task<TriggerOutcome> FireAsync(StoredTrigger stored, TriggerEvent happened, CancellationToken cancel, TriggerRevision? pushed = null)
    {
        var decision = TriggerMatch.Decide(stored.Trigger, happened);
        if (!decision.Fires)
        {
            return new TriggerOutcome(stored, decision, null);
        }

        var revision = pushed;
        try
        {
            revision ??= await RevisionAsync(stored.Trigger, null, cancel);
            var payload = pushed is null ? Payload.Of(happened) : PushPayload.Of(happened, pushed);
            var operation = await StartAsync(stored, revision, happened, payload, [], cancel);
            return new TriggerOutcome(stored, decision, operation.Metadata.Unpack<BuildOperationMetadata>().Build);
        }
        catch (Exception fault) when (fault is RpcException { StatusCode: StatusCode.InvalidArgument or StatusCode.Unimplemented } or BuildFaultException)
        {
            return new TriggerOutcome(stored, decision, Failed(stored, revision, happened, fault is RpcException refused ? refused.Status.Detail : fault.Message));
        }
    }

    private async Task<Operation> StartAsync(
        StoredTrigger stored, TriggerRevision? revision, TriggerEvent? happened, Payload payload, IEnumerable<KeyValuePair<string, string>> given, CancellationToken cancel)
    {
        var trigger = stored.Trigger;
        var (build, path, places) = await _templates.ReadAsync(trigger, revision, cancel);
        build.BuildTriggerId = trigger.Id;
        build.Tags.Add($"trigger-{trigger.Id}");
        // Whatever the file says of an account: the trigger decides.
        build.ServiceAccount = trigger.ServiceAccount;
        if (revision is not null && build.Source is null)
        {
            build.Source = TriggerRepositories.Source(trigger, revision.Repository, repositories, stored.Project, revision.Commit);
        }

        foreach (var (key, value) in trigger.Substitutions.Select(pair => KeyValuePair.Create(pair.Key, payload.Bind(pair.Value))).Concat(given))
        {
            build.Substitutions[key] = value;
        }

        return await intake.CreateAsync(stored.Parent, build, BuiltIns(trigger, revision, happened, path), trigger.ApprovalConfig?.ApprovalRequired is true, cancel, places);
    }

    private static ImmutableDictionary<string, string> BuiltIns(BuildTrigger trigger, TriggerRevision? revision, TriggerEvent? happened, string path)
    {
        var account = trigger.ServiceAccount;
        return (revision?.Substitutions(happened) ?? ImmutableDictionary.Create<string, string>(StringComparer.Ordinal))
            .SetItem("TRIGGER_NAME", trigger.Name)
            .SetItem("TRIGGER_BUILD_CONFIG_PATH", path)
            .SetItem("SERVICE_ACCOUNT", account)
            .SetItem("SERVICE_ACCOUNT_EMAIL", account[(account.LastIndexOf('/') + 1)..]);
    }

    private async Task<TriggerRevision?> RevisionAsync(BuildTrigger trigger, RepoSource? source, CancellationToken cancel)
    {
        if (TriggerRepositories.Of(trigger, repositories) is not { } repository)
        {
            return source?.RevisionCase is null or RepoSource.RevisionOneofCase.None
                ? null
                : throw Rpc.Invalid($"No repository on this machine stands for the one of the trigger '{trigger.Name}': 'mlops cloud watch REPO' makes one.");
        }

        var git = new LocalGit(repository.Path);
        var (reference, branch, tag) = await ReferenceAsync(trigger, source, git, cancel);
        var commit = await git.CommitAsync(reference, cancel)
            ?? throw Rpc.Invalid($"Couldn't read commit: there is no {reference} in {repository.Name}. Push it with 'git push local'.");
        return new TriggerRevision(repository, commit, branch, tag);
    }

    private static async Task<(string Reference, string Branch, string Tag)> ReferenceAsync(BuildTrigger trigger, RepoSource? source, LocalGit git, CancellationToken cancel)
    {
        switch (source?.RevisionCase)
        {
            case RepoSource.RevisionOneofCase.BranchName:
                return ($"refs/heads/{source.BranchName}", source.BranchName, "");
            case RepoSource.RevisionOneofCase.TagName:
                return ($"refs/tags/{source.TagName}", "", source.TagName);
            case RepoSource.RevisionOneofCase.CommitSha:
                return (source.CommitSha, "", "");
        }

        if (trigger.SourceToBuild is { Ref: var given })
        {
            return (given, Below(given, "refs/heads/"), Below(given, "refs/tags/"));
        }

        return TriggerSource.Of(trigger) switch
        {
            TriggerSource.Tags tags => await OnlyAsync("tags", tags),
            TriggerSource.OfRepository branches => await OnlyAsync("heads", branches),
            _ => ("HEAD", "", ""),
        };

        async Task<(string, string, string)> OnlyAsync(string kind, TriggerSource.OfRepository of)
        {
            var pattern = Re2Pattern.Parse(of.Pattern);
            var names = (await git.NamesAsync(kind, cancel)).Where(name => pattern.IsMatch(name) != of.Invert).ToArray();
            return names is [var one]
                ? ($"refs/{kind}/{one}", kind == "heads" ? one : "", kind == "tags" ? one : "")
                : throw Rpc.Invalid($"Say what to build, by branch, tag or commit: {(names.Length == 0 ? "nothing in the repository" : string.Join(", ", names.Take(5)))} matches '{of.Pattern}'.");
        }
    }

    private static string Below(string reference, string prefix) => reference.StartsWith(prefix, StringComparison.Ordinal) ? reference[prefix.Length..] : "";

    /// <summary>As on Google's: the build is there, and has failed before it began.</summary>
    private Build Failed(StoredTrigger stored, TriggerRevision? revision, TriggerEvent happened, string reason)
    {
        var name = new BuildName(BuildParent.Of(stored.Parent, ""), Guid.NewGuid().ToString());
        var builtIns = BuiltIns(stored.Trigger, revision, happened, "");
        var request = new Build { BuildTriggerId = stored.Trigger.Id, Tags = { $"trigger-{stored.Trigger.Id}" } };
        request.Substitutions.Add(builtIns.Where(pair => pair.Value.Length > 0).ToDictionary(StringComparer.Ordinal));
        var build = AcceptedBuild.Of(request.Clone(), name, builtIns, approvalRequired: false, time.GetUtcNow());
        (build.Status, build.StatusDetail, build.FinishTime) = (Build.Types.Status.Failure, $"Your build failed to run: {reason}", build.CreateTime);
        build.FailureInfo = new FailureInfo { Type = FailureInfo.Types.FailureType.FetchSourceFailed, Detail = build.StatusDetail };
        builds.Add(build, new BuildRequest(request, builtIns));
        return build;
    }
}

/// <summary>What an event did to one trigger.</summary>
/// <param name="Build">Null where the trigger did not fire.</param>
internal sealed record TriggerOutcome(StoredTrigger Stored, TriggerDecision Decision, Build? Build);

using System.Collections.Immutable;
using System.Globalization;
using MlOps.CloudBuild.Triggers;
using MlOps.Core.Problems;
using MlOps.LocalCloud.CloudBuild.Sources;
using MlOps.LocalCloud.CloudBuild.Tables;

namespace MlOps.LocalCloud.CloudBuild.Triggers;

/// <summary>One reference that a push moved, as git tells its hooks.</summary>
/// <param name="Before">All zeros where it is new.</param>
/// <param name="After">All zeros where it is gone.</param>
internal sealed record PushedRef(string Before, string After, string Name)
{
    public bool IsNew => Before.All(letter => letter == '0');

    public bool IsGone => After.All(letter => letter == '0');
}

/// <summary>Pushes to repositories that are watched: every trigger of theirs is asked, in every project.</summary>
internal sealed class ReceivedPushes(TriggerTable triggers, TriggerFiring firing, LocalRepositories repositories)
{
    private const string Heads = "refs/heads/", Tags = "refs/tags/";

    /// <summary>Fires what is to be fired.</summary>
    /// <param name="line">Told what happens, for the terminal of whoever pushes.</param>
    public async Task ReceiveAsync(string name, ImmutableArray<PushedRef> refs, Action<string> line, CancellationToken cancel)
    {
        if (repositories.All().FirstOrDefault(one => one.Name == name) is not { } repository)
        {
            line($"The local cloud does not know the repository '{name}': run 'mlops cloud watch' in it again.");
            return;
        }

        foreach (var moved in refs)
        {
            if (moved.IsGone)
            {
                line($"{Words(moved)} is gone: nothing is built.");
            }
            else if (moved.Name.StartsWith(Heads, StringComparison.Ordinal) || moved.Name.StartsWith(Tags, StringComparison.Ordinal))
            {
                await ReceiveAsync(repository, moved, line, cancel);
            }
        }
    }

    private async Task ReceiveAsync(LocalRepository repository, PushedRef moved, Action<string> line, CancellationToken cancel)
    {
        var git = new LocalGit(repository.Path);
        var commit = await git.CommitAsync(moved.After, cancel);
        if (commit is null)
        {
            line($"{Words(moved)} points to no commit: nothing is built.");
            return;
        }

        var isTag = moved.Name.StartsWith(Tags, StringComparison.Ordinal);
        var short_ = moved.Name[(isTag ? Tags : Heads).Length..];
        var change = new Change(await ChangedAsync(git, moved, commit, isTag, cancel), await git.MessageAsync(commit, cancel));
        var happened = new TriggerEvent.Push(short_, isTag, change);
        var revision = new TriggerRevision(repository, commit, isTag ? "" : short_, isTag ? short_ : "");
        var concerned = triggers.All().Where(stored => TriggerRepositories.Listens(stored.Trigger, repository)).ToArray();
        line($"{char.ToUpperInvariant(happened.Words[0])}{happened.Words[1..]} of {repository.Name} at {commit[..7]}{Files(moved, change)}:");
        if (concerned.Length == 0)
        {
            line($"  no trigger listens to {repository.Name}. 'mlops triggers apply' makes those of mlops.yaml; 'gcloud builds triggers import' those of a file.");
        }

        foreach (var stored in concerned)
        {
            Tell(await firing.FireAsync(stored, happened, cancel, revision), line);
        }
    }

    /// <summary>Since the branch's commit before; all files of a new branch; a tag changes none, so files are not filtered.</summary>
    private static async Task<ImmutableArray<string>?> ChangedAsync(LocalGit git, PushedRef moved, string commit, bool isTag, CancellationToken cancel) =>
        isTag ? null
        : moved.IsNew || await git.CommitAsync(moved.Before, cancel) is not { } before ? await git.FilesAsync(commit, cancel)
        : await git.ChangedAsync(before, commit, cancel);

    private static string Files(PushedRef moved, Change change) => change.Files is not { } files ? ""
        : moved.IsNew ? string.Create(CultureInfo.InvariantCulture, $", a new branch, so every file counts as changed ({files.Length})")
        : $", {Quantity.Of(files.Length, "changed file")}";

    private static void Tell(TriggerOutcome outcome, Action<string> line)
    {
        var stored = outcome.Stored;
        line($"  {(outcome.Decision.Fires ? "fires" : "-    ")}  {stored.Trigger.Name} ({stored.Project}): {outcome.Decision.Why}");
        if (outcome.Build is not { } build)
        {
            return;
        }

        var where = BuildName.Of(build.Name, "", "").Parent;
        var flags = string.Create(CultureInfo.InvariantCulture, $"--project {where.Project}{(where.Location == BuildParent.Global ? "" : $" --region {where.Location}")}");
        var detail = build.StatusDetail.Split('\n');
        line($"         build {build.Id} {build.Status.Name()}{(detail[0].Length > 0 ? ": " + detail[0] : "")}");
        foreach (var more in detail.Skip(1))
        {
            line($"           {more}");
        }

        line(build.Status.IsFinal() ? $"         mlops builds show {build.Id} {flags}"
            : build.Approval is not null ? $"         it waits for an approval: mlops builds approve {build.Id} {flags}"
            : $"         follow it: mlops builds log {build.Id} --follow {flags}");
    }

    private static string Words(PushedRef moved) =>
        moved.Name.StartsWith(Heads, StringComparison.Ordinal) ? $"Branch '{moved.Name[Heads.Length..]}'" : moved.Name.StartsWith(Tags, StringComparison.Ordinal) ? $"Tag '{moved.Name[Tags.Length..]}'" : moved.Name;
}

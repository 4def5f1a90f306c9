using System.Collections.Immutable;
using MlOps.CloudBuild.Triggers;
using MlOps.LocalCloud.CloudBuild.Sources;

namespace MlOps.LocalCloud.CloudBuild.Triggers;

/// <summary>The revision of a repository that a trigger builds.</summary>
/// <param name="Branch">Empty where the build is of no branch.</param>
/// <param name="Tag">Empty where the build is of no tag.</param>
internal sealed record TriggerRevision(LocalRepository Repository, string Commit, string Branch, string Tag)
{
    /// <summary>The built-in substitutions that come with a revision (docs: "Substituting variable values").</summary>
    public ImmutableDictionary<string, string> Substitutions(TriggerEvent? happened)
    {
        var id = Repository.Urls.Select(RepositoryId.Path).FirstOrDefault(one => one.Owner.Length > 0 && !one.Owner.Contains('.', StringComparison.Ordinal)) ?? new RepositoryId("", Repository.Name);
        var values = ImmutableDictionary.CreateBuilder<string, string>(StringComparer.Ordinal);
        values["COMMIT_SHA"] = values["REVISION_ID"] = Commit;
        values["SHORT_SHA"] = Commit[..Math.Min(7, Commit.Length)];
        values["REPO_NAME"] = id.Name;
        values["REPO_FULL_NAME"] = id.FullName;
        values["BRANCH_NAME"] = Branch;
        values["TAG_NAME"] = Tag;
        values["REF_NAME"] = Tag.Length > 0 ? Tag : Branch;
        if (happened is TriggerEvent.PullRequest request)
        {
            values["_BASE_BRANCH"] = request.Base;
            values["_HEAD_BRANCH"] = request.Head;
            values["_HEAD_REPO_URL"] = Repository.Urls.FirstOrDefault() ?? "";
            values["_PR_NUMBER"] = "";
        }

        return values.ToImmutable();
    }
}

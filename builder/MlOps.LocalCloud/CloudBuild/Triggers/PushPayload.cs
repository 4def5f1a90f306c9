using System.Text.Json.Nodes;
using MlOps.CloudBuild.Triggers;

namespace MlOps.LocalCloud.CloudBuild.Triggers;

/// <summary>What GitHub would have sent of a push or a pull request, as far as it is known here: for <c>$(push.head_commit.message)</c>.</summary>
internal static class PushPayload
{
    public static Payload Of(TriggerEvent happened, TriggerRevision revision) => happened switch
    {
        TriggerEvent.Push push => Payload.Of("push", new JsonObject
        {
            ["ref"] = (push.IsTag ? "refs/tags/" : "refs/heads/") + push.Name,
            ["after"] = revision.Commit,
            ["head_commit"] = Commit(revision, push.Change),
            ["repository"] = Repository(revision),
        }),
        TriggerEvent.PullRequest request => Payload.Of("pull_request", new JsonObject
        {
            ["pull_request"] = new JsonObject
            {
                ["base"] = new JsonObject { ["ref"] = request.Base },
                ["head"] = new JsonObject { ["ref"] = request.Head, ["sha"] = revision.Commit },
            },
            ["repository"] = Repository(revision),
        }),
        _ => Payload.None,
    };

    private static JsonObject Commit(TriggerRevision revision, Change change) => new() { ["id"] = revision.Commit, ["message"] = change.Message };

    private static JsonObject Repository(TriggerRevision revision)
    {
        var values = revision.Substitutions(null);
        return new JsonObject { ["name"] = values["REPO_NAME"], ["full_name"] = values["REPO_FULL_NAME"] };
    }
}

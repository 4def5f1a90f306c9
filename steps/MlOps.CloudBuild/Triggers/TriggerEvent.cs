using System.Collections.Immutable;
using System.Text.Json.Nodes;

namespace MlOps.CloudBuild.Triggers;

/// <summary>What happens, and may start a trigger.</summary>
public abstract record TriggerEvent
{
    /// <summary>In words, for people: <c>push to branch 'main'</c>.</summary>
    public abstract string Words { get; }

    /// <param name="IsTag">The name is a tag's; else a branch's.</param>
    public sealed record Push(string Name, bool IsTag, Change Change) : TriggerEvent
    {
        public override string Words => $"push to {(IsTag ? "tag" : "branch")} '{Name}'";
    }

    /// <param name="Base">The branch that it goes to.</param>
    /// <param name="Head">The branch that it comes from; empty where it is not known.</param>
    public sealed record PullRequest(string Base, string Head, Change Change) : TriggerEvent
    {
        public override string Words => $"pull request to '{Base}'";
    }

    /// <summary>A message of Pub/Sub.</summary>
    /// <param name="Topic"><c>projects/P/topics/T</c></param>
    /// <param name="Body">As a push subscription delivers it: <c>{message: {data, attributes, messageId, publishTime}, subscription}</c>, with <c>data</c> decoded.</param>
    public sealed record Message(string Topic, JsonNode Body) : TriggerEvent
    {
        public override string Words => $"message to {Topic}";
    }

    /// <param name="Body">What was posted.</param>
    public sealed record Webhook(JsonNode? Body) : TriggerEvent
    {
        public override string Words => "webhook";
    }
}

/// <summary>What a push or a pull request changes.</summary>
/// <param name="Files">Paths from the repository's root, with <c>/</c>; null where they are not known: files are not filtered then.</param>
/// <param name="Message">Of the newest commit; null where it is not known.</param>
public sealed record Change(ImmutableArray<string>? Files, string? Message);

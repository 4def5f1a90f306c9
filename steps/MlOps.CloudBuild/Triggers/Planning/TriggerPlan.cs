using System.Collections.Immutable;
using System.Text.Json.Nodes;
using Google.Cloud.CloudBuild.V1;
using Google.Protobuf;

namespace MlOps.CloudBuild.Triggers.Planning;

public enum TriggerAction
{
    Add,
    Change,
    Keep,

    /// <summary>Of this repo, and no longer in its files.</summary>
    Remove,

    /// <summary>One of that name is there, and it is not this repo's.</summary>
    Conflict,

    /// <summary>Somebody else's; left alone.</summary>
    Foreign,
}

/// <param name="Field">Path in JSON names, such as <c>github.push.branch</c>.</param>
/// <param name="Before">JSON; null where it was not there.</param>
/// <param name="After">JSON; null where it goes.</param>
public sealed record FieldChange(string Field, string? Before, string? After);

/// <param name="Id">Of the trigger that is there; empty where it is to be made.</param>
/// <param name="Wanted">As it is to be, marked with its owner; null where it is not wanted.</param>
public sealed record PlannedTrigger(string Name, TriggerAction Action, string Id, BuildTrigger? Wanted, ImmutableArray<FieldChange> Changes);

/// <summary>The difference between the triggers that files say and those that are there, in one project and location.</summary>
public static class TriggerPlan
{
    /// <param name="owner">The tag by which this repo's triggers are known.</param>
    /// <param name="project">Whose default a Cloud Source repository without project is.</param>
    public static ImmutableArray<PlannedTrigger> Of(IEnumerable<BuildTrigger> wanted, IEnumerable<BuildTrigger> there, string owner, string project)
    {
        var left = there.ToList();
        var plan = ImmutableArray.CreateBuilder<PlannedTrigger>();
        foreach (var given in wanted)
        {
            var marked = Marked(given, owner);
            var found = left.Find(trigger => given.Id.Length > 0 ? trigger.Id == given.Id : trigger.Name == given.Name);
            if (found is null)
            {
                plan.Add(new PlannedTrigger(marked.Name, TriggerAction.Add, "", marked, []));
                continue;
            }

            left.Remove(found);
            var changes = Changes(Plain(found, project), Plain(marked, project));
            var action = !found.Tags.Contains(owner) ? TriggerAction.Conflict : changes.IsEmpty ? TriggerAction.Keep : TriggerAction.Change;
            plan.Add(new PlannedTrigger(marked.Name, action, found.Id, marked, changes));
        }

        plan.AddRange(left.Select(trigger => new PlannedTrigger(trigger.Name, trigger.Tags.Contains(owner) ? TriggerAction.Remove : TriggerAction.Foreign, trigger.Id, null, [])));
        return [.. plan.OrderBy(one => one.Name, StringComparer.Ordinal)];
    }

    private static BuildTrigger Marked(BuildTrigger given, string owner)
    {
        var marked = given.Clone();
        if (!marked.Tags.Contains(owner))
        {
            marked.Tags.Add(owner);
        }

        return marked;
    }

    /// <summary>Without what the service adds.</summary>
    private static JsonObject Plain(BuildTrigger trigger, string project)
    {
        var plain = trigger.Clone();
        (plain.Id, plain.ResourceName, plain.CreateTime, plain.EventType) = ("", "", null, BuildTrigger.Types.EventType.Unspecified);
        if (plain.PubsubConfig is { } messages)
        {
            (messages.Subscription, messages.State) = ("", PubsubConfig.Types.State.Unspecified);
        }

        if (plain.WebhookConfig is { } webhook)
        {
            webhook.State = WebhookConfig.Types.State.Unspecified;
        }

        if (plain.RepositoryEventConfig is { } config)
        {
            config.RepositoryType = RepositoryEventConfig.Types.RepositoryType.Unspecified;
        }

        if (plain.TriggerTemplate is { ProjectId.Length: 0 } template)
        {
            template.ProjectId = project;
        }

        var json = JsonNode.Parse(JsonFormatter.Default.Format(plain))!.AsObject();
        (json["github"] as JsonObject)?.Remove("installationId");
        return json;
    }

    private static ImmutableArray<FieldChange> Changes(JsonObject before, JsonObject after)
    {
        var (old, new_) = (Fields(before, ""), Fields(after, ""));
        return [.. old.Keys.Union(new_.Keys).Order(StringComparer.Ordinal)
            .Select(field => new FieldChange(field, old.GetValueOrDefault(field), new_.GetValueOrDefault(field)))
            .Where(change => change.Before != change.After)];
    }

    /// <summary>Every value by its path; lists of texts are one value, lists of messages go by index.</summary>
    private static Dictionary<string, string> Fields(JsonNode node, string path)
    {
        var fields = new Dictionary<string, string>(StringComparer.Ordinal);
        Add(node, path);
        return fields;

        void Add(JsonNode? value, string at)
        {
            switch (value)
            {
                case JsonObject map when map.Count > 0 || at.Length == 0:
                    foreach (var (key, inner) in map)
                    {
                        Add(inner, at.Length == 0 ? key : $"{at}.{key}");
                    }

                    break;
                case JsonArray list when list.Any(item => item is JsonObject):
                    for (var index = 0; index < list.Count; index++)
                    {
                        Add(list[index], $"{at}[{index}]");
                    }

                    break;
                default:
                    fields[at] = value?.ToJsonString(Relaxed) ?? "null";
                    break;
            }
        }
    }

    private static readonly System.Text.Json.JsonSerializerOptions Relaxed = new() { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
}

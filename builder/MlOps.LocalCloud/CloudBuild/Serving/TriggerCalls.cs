using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Google.Cloud.CloudBuild.V1;
using Google.LongRunning;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using MlOps.CloudBuild.Config;
using MlOps.CloudBuild.Triggers;
using MlOps.CloudBuild.Triggers.Checks;
using MlOps.Core.Problems;
using MlOps.LocalCloud.CloudBuild.Tables;
using MlOps.LocalCloud.CloudBuild.Triggers;
using MlOps.LocalCloud.Hosting;
using MlOps.LocalCloud.SecretManager;

namespace MlOps.LocalCloud.CloudBuild.Serving;

/// <summary>The part of the CloudBuild service that is about triggers; the service's methods of the same names hand over to it.</summary>
internal sealed class TriggerCalls(TriggerTable triggers, TriggerFiring firing, SecretAccess secrets, TimeProvider time)
{
    private const int LargestPage = 1000;

    public Task<BuildTrigger> CreateAsync(CreateBuildTriggerRequest request)
    {
        var parent = BuildParent.Of(request.Parent, request.ProjectId);
        var trigger = request.Trigger?.Clone() ?? throw Rpc.Invalid("trigger is missing.");
        trigger.Id = Guid.NewGuid().ToString();
        trigger.Name = trigger.Name.Length > 0 ? trigger.Name : $"trigger-{trigger.Id[..8]}";
        trigger.CreateTime = time.GetUtcNow().ToTimestamp();
        Complete(parent, trigger);
        return triggers.Add(parent.ToString(), trigger)
            ? Task.FromResult(trigger)
            : throw Rpc.Exists($"There is a trigger named '{trigger.Name}' in {parent} already.");
    }

    public Task<BuildTrigger> GetAsync(GetBuildTriggerRequest request) =>
        Task.FromResult(Existing(TriggerName.Of(request.Name, request.ProjectId, request.TriggerId)));

    public Task<ListBuildTriggersResponse> ListAsync(ListBuildTriggersRequest request)
    {
        var parent = BuildParent.Of(request.Parent, request.ProjectId);
        var page = Page.Of(request.PageSize, request.PageToken, LargestPage);
        var found = triggers.List(parent.ToString(), page.Skip, page.Size + 1);
        return Task.FromResult(new ListBuildTriggersResponse { Triggers = { found.Take(page.Size) }, NextPageToken = page.Next(found.Count) });
    }

    public Task<Empty> DeleteAsync(DeleteBuildTriggerRequest request)
    {
        var name = TriggerName.Of(request.Name, request.ProjectId, request.TriggerId);
        triggers.Delete(name.Parent.ToString(), Existing(name).Id);
        return Task.FromResult(new Empty());
    }

    /// <summary>With a mask its fields; without one everything that may be changed.</summary>
    public Task<BuildTrigger> UpdateAsync(UpdateBuildTriggerRequest request)
    {
        var given = request.Trigger ?? throw Rpc.Invalid("trigger is missing.");
        var name = TriggerName.Of(given.ResourceName, request.ProjectId, request.TriggerId);
        var before = Existing(name);
        var changed = request.UpdateMask is { Paths.Count: > 0 } mask ? Masked(before, given, mask) : given.Clone();
        (changed.Id, changed.CreateTime, changed.Name) = (before.Id, before.CreateTime, changed.Name.Length > 0 ? changed.Name : before.Name);
        Complete(name.Parent, changed);
        return triggers.Put(name.Parent.ToString(), changed)
            ? Task.FromResult(changed)
            : throw Rpc.Exists($"There is a trigger named '{changed.Name}' in {name.Parent} already.");
    }

    public Task<Operation> RunAsync(RunBuildTriggerRequest request, CancellationToken cancel)
    {
        var name = TriggerName.Of(request.Name, request.ProjectId, request.TriggerId);
        return firing.RunAsync(new StoredTrigger(name.Parent.ToString(), Existing(name)), request.Source, cancel);
    }

    public async Task<ReceiveTriggerWebhookResponse> WebhookAsync(ReceiveTriggerWebhookRequest request, CancellationToken cancel)
    {
        var name = TriggerName.Of(request.Name, request.ProjectId, request.Trigger);
        var trigger = Existing(name);
        if (trigger.WebhookConfig is not { } config)
        {
            throw Rpc.Precondition($"The trigger '{trigger.Name}' does not listen to webhooks.");
        }

        if (!CryptographicOperations.FixedTimeEquals(secrets.Access(config.Secret), Encoding.UTF8.GetBytes(request.Secret)))
        {
            throw new RpcException(new Status(StatusCode.PermissionDenied, $"The secret given as 'secret' is not the one of the trigger '{trigger.Name}'."));
        }

        await firing.FireAsync(new StoredTrigger(name.Parent.ToString(), trigger), new TriggerEvent.Webhook(Body(request)), cancel);
        return new ReceiveTriggerWebhookResponse();
    }

    private static JsonNode? Body(ReceiveTriggerWebhookRequest request)
    {
        try
        {
            return request.Body is { Data.Length: > 0 } body ? JsonNode.Parse(body.Data.Span) : null;
        }
        catch (JsonException error)
        {
            throw Rpc.Invalid($"The webhook's body is not JSON: {error.Message}");
        }
    }

    private static BuildTrigger Masked(BuildTrigger before, BuildTrigger given, FieldMask mask)
    {
        var changed = before.Clone();
        var paths = new FieldMask { Paths = { mask.Paths.Select(SnakeCase) } };
        if (paths.Paths.FirstOrDefault(path => !FieldMask.IsValid(BuildTrigger.Descriptor, path)) is { } unknown)
        {
            throw Rpc.Invalid($"update_mask names '{unknown}', which is no field of a trigger.{Suggestion.For(unknown, BuildTrigger.Descriptor.Fields.InDeclarationOrder().Select(field => field.Name))}");
        }

        paths.Merge(given, changed, new FieldMask.MergeOptions { ReplaceMessageFields = true, ReplaceRepeatedFields = true, ReplacePrimitiveFields = true });
        return changed;
    }

    /// <summary>A mask in a URL is in camel case.</summary>
    private static string SnakeCase(string path) => string.Concat(path.Select(letter => char.IsUpper(letter) ? $"_{char.ToLowerInvariant(letter)}" : $"{letter}"));

    /// <exception cref="RpcException">INVALID_ARGUMENT with every fault.</exception>
    private static void Complete(BuildParent parent, BuildTrigger trigger)
    {
        var problems = new List<Problem>();
        TriggerChecks.Check(trigger, ConfigPlaces.None, problems);
        var errors = problems.Where(problem => problem.Severity == Severity.Error).Select(problem => problem.Message).ToArray();
        if (errors.Length > 0)
        {
            throw Rpc.Invalid("invalid trigger: " + string.Join(" ", errors));
        }

        trigger.ResourceName = $"{parent}/triggers/{trigger.Id}";
        if (trigger.PubsubConfig is { } config)
        {
            config.Subscription = $"projects/{parent.Project}/subscriptions/gcb-{trigger.Name}";
        }
    }

    private BuildTrigger Existing(TriggerName name) => triggers.Find(name.Parent.ToString(), name.Id) ?? throw Rpc.NotFound($"There is no trigger '{name.Id}' in {name.Parent}.");
}

/// <summary><c>projects/P/locations/L/triggers/T</c>, T an id or a name.</summary>
internal sealed record TriggerName(BuildParent Parent, string Id)
{
    /// <summary>From a request, which names a trigger by one of two ways.</summary>
    /// <exception cref="RpcException">INVALID_ARGUMENT: it names none.</exception>
    public static TriggerName Of(string name, string project, string id)
    {
        if (name.Length == 0)
        {
            return id.Length > 0 ? new(BuildParent.Of("", project), id) : throw Rpc.Invalid("Neither name (projects/PROJECT/locations/LOCATION/triggers/TRIGGER) nor project_id and trigger_id are given.");
        }

        var end = name.LastIndexOf("/triggers/", StringComparison.Ordinal);
        return end > 0 && BuildParent.TryParse(name[..end], out var parent) && name[(end + "/triggers/".Length)..] is { Length: > 0 } last && !last.Contains('/', StringComparison.Ordinal)
            ? new(parent, last)
            : throw Rpc.Invalid($"The name '{name}' must be projects/PROJECT/locations/LOCATION/triggers/TRIGGER.");
    }
}

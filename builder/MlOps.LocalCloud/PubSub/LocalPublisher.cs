using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Google.Cloud.PubSub.V1;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using MlOps.CloudBuild.Triggers;
using MlOps.LocalCloud.CloudBuild.Tables;
using MlOps.LocalCloud.CloudBuild.Triggers;
using MlOps.LocalCloud.Hosting;

namespace MlOps.LocalCloud.PubSub;

/// <summary>
/// <c>google.pubsub.v1.Publisher</c>: topics, and messages that start triggers. There are no subscriptions yet, so a message goes to
/// the triggers that listen to its topic and is forgotten.
/// </summary>
internal sealed partial class LocalPublisher(TopicTable topics, TriggerTable triggers, TriggerFiring firing, TimeProvider time) : Publisher.PublisherBase
{
    private const int LargestPage = 1000;

    public override Task<Topic> CreateTopic(Topic request, ServerCallContext context)
    {
        var match = TopicName().Match(request.Name);
        if (!match.Success)
        {
            throw Rpc.Invalid($"'{request.Name}' is not a topic's name: expected projects/PROJECT/topics/TOPIC, TOPIC 3 to 255 letters, digits and -_.~+%, a letter first, not beginning with 'goog'.");
        }

        return topics.Add(match.Groups["project"].Value, request) ? Task.FromResult(request) : throw Rpc.Exists($"Resource already exists in the project (resource={match.Groups["topic"].Value}).");
    }

    public override Task<Topic> GetTopic(GetTopicRequest request, ServerCallContext context) => Task.FromResult(Existing(request.Topic));

    public override Task<ListTopicsResponse> ListTopics(ListTopicsRequest request, ServerCallContext context)
    {
        var project = request.Project.StartsWith("projects/", StringComparison.Ordinal) ? request.Project["projects/".Length..] : throw Rpc.Invalid($"'{request.Project}' must be projects/PROJECT.");
        var page = Page.Of(request.PageSize, request.PageToken, LargestPage);
        var found = topics.List(project, page.Skip, page.Size + 1);
        return Task.FromResult(new ListTopicsResponse { Topics = { found.Take(page.Size) }, NextPageToken = page.Next(found.Count) });
    }

    public override Task<Empty> DeleteTopic(DeleteTopicRequest request, ServerCallContext context) => topics.Delete(request.Topic) ? Task.FromResult(new Empty()) : throw Missing(request.Topic);

    public override async Task<PublishResponse> Publish(PublishRequest request, ServerCallContext context)
    {
        Existing(request.Topic);
        if (request.Messages.Count == 0 || request.Messages.Any(message => message.Data.IsEmpty && message.Attributes.Count == 0))
        {
            throw Rpc.Invalid("A message needs data or attributes, and a request needs a message.");
        }

        var first = topics.Count(request.Topic, request.Messages.Count);
        var response = new PublishResponse();
        foreach (var (message, index) in request.Messages.Select((message, index) => (message, index)))
        {
            message.MessageId = (first + index).ToString(CultureInfo.InvariantCulture);
            message.PublishTime = time.GetUtcNow().ToTimestamp();
            response.MessageIds.Add(message.MessageId);
            foreach (var stored in triggers.All().Where(stored => stored.Trigger.PubsubConfig?.Topic == request.Topic))
            {
                await firing.FireAsync(stored, new TriggerEvent.Message(request.Topic, Body(message, stored.Trigger.PubsubConfig.Subscription)), context.CancellationToken);
            }
        }

        return response;
    }

    /// <summary>As a push subscription delivers it, with <c>data</c> decoded: JSON as it is, else text.</summary>
    private static JsonObject Body(PubsubMessage message, string subscription) => new()
    {
        ["message"] = new JsonObject
        {
            ["data"] = Decoded(message.Data.Span),
            ["attributes"] = new JsonObject(message.Attributes.Select(pair => KeyValuePair.Create<string, JsonNode?>(pair.Key, pair.Value))),
            ["messageId"] = message.MessageId,
            ["publishTime"] = message.PublishTime.ToDateTimeOffset().ToString("O", CultureInfo.InvariantCulture),
        },
        ["subscription"] = subscription,
    };

    private static JsonNode? Decoded(ReadOnlySpan<byte> data)
    {
        try
        {
            return JsonNode.Parse(data);
        }
        catch (JsonException)
        {
            return System.Text.Encoding.UTF8.GetString(data);
        }
    }

    private Topic Existing(string name) => topics.Find(name) ?? OfTrigger(name) ?? throw Missing(name);

    /// <summary>A topic that a trigger names is there: on Google's the console makes it with the trigger, and here nobody else would.</summary>
    private Topic? OfTrigger(string name)
    {
        if (TopicName().Match(name) is not { Success: true } match || !triggers.All().Exists(stored => stored.Trigger.PubsubConfig?.Topic == name))
        {
            return null;
        }

        var topic = new Topic { Name = name };
        topics.Add(match.Groups["project"].Value, topic);
        return topic;
    }

    private static RpcException Missing(string name) => Rpc.NotFound($"Resource not found (resource={name[(name.LastIndexOf('/') + 1)..]}).");

    [GeneratedRegex("^projects/(?<project>[^/]+)/topics/(?<topic>(?!goog)[A-Za-z][A-Za-z0-9._~+%-]{2,254})$", RegexOptions.ExplicitCapture)]
    private static partial Regex TopicName();
}

using Google.Cloud.CloudBuild.V1;
using Google.Cloud.PubSub.V1;
using Google.Protobuf;
using Grpc.Core;
using static MlOps.LocalCloud.Tests.CloudBuild.Triggers.TriggerLab;

namespace MlOps.LocalCloud.Tests.CloudBuild.Triggers;

/// <summary>Triggers of messages and of webhooks: payloads, filters, secrets.</summary>
public sealed class MessageTests(TriggerLab lab) : IClassFixture<TriggerLab>
{
    private Publisher.PublisherClient Publisher => new(lab.Cloud.Grpc);

    private static BuildTrigger Echo(string name, string who) => new()
    {
        Name = name,
        Build = new Build { Steps = { new BuildStep { Name = "busybox", Args = { "echo", "$_WHO" } } } },
        Substitutions = { ["_WHO"] = who },
        ApprovalConfig = new ApprovalConfig { ApprovalRequired = true },
    };

    [Fact]
    public async Task A_message_fires_the_triggers_of_its_topic_whose_filter_holds()
    {
        const string parent = "projects/topics/locations/global", topic = "projects/topics/topics/images";
        await Publisher.CreateTopicAsync(new Topic { Name = topic }, cancellationToken: Cancel);
        await Publisher.CreateTopicAsync(new Topic { Name = topic + "-other" }, cancellationToken: Cancel);
        var wanted = Echo("wanted", "$(body.message.data.tag) by $(body.message.attributes.by)$(body.message.data.none)");
        wanted.Substitutions["_ACTION"] = "$(body.message.data.action)";
        (wanted.PubsubConfig, wanted.Filter) = (new PubsubConfig { Topic = topic }, "_ACTION == \"INSERT\" && !_WHO.startsWith(\"gcr.io/old\")");
        wanted = await lab.CreateAsync(parent, wanted);
        var other = Echo("other", "x");
        other.PubsubConfig = new PubsubConfig { Topic = topic + "-other" };
        await lab.CreateAsync(parent, other);

        await PublishAsync(topic, """{"action": "INSERT", "tag": "gcr.io/a/b:1"}""");
        await PublishAsync(topic, """{"action": "DELETE", "tag": "gcr.io/a/b:1"}""");
        await PublishAsync(topic, """{"action": "INSERT", "tag": "gcr.io/old/b:1"}""");

        Assert.Equal("projects/topics/subscriptions/gcb-wanted", wanted.PubsubConfig.Subscription);
        var build = Assert.Single(await lab.BuildsAsync(parent));
        Assert.Equal((wanted.Id, "gcr.io/a/b:1 by me"), (build.BuildTriggerId, build.Steps[0].Args[1]));

        Task PublishAsync(string to, string data) => Publisher.PublishAsync(
            new PublishRequest { Topic = to, Messages = { new PubsubMessage { Data = ByteString.CopyFromUtf8(data), Attributes = { ["by"] = "me" } } } }, cancellationToken: Cancel).ResponseAsync;
    }

    [Fact]
    public async Task Topics_are_made_listed_counted_and_removed_over_REST_too()
    {
        (await lab.Cloud.SendAsync(HttpMethod.Put, "/v1/projects/rest/topics/first", TestCloud.Json("{}"))).Ok();
        Assert.Equal(409, (await lab.Cloud.SendAsync(HttpMethod.Put, "/v1/projects/rest/topics/first", TestCloud.Json("{}"))).Status);
        Assert.Equal(400, (await lab.Cloud.SendAsync(HttpMethod.Put, "/v1/projects/rest/topics/1", TestCloud.Json("{}"))).Status);
        var data = Convert.ToBase64String("hi"u8);

        var sent = (await lab.Cloud.PostAsync("/v1/projects/rest/topics/first:publish", $$$"""{"messages": [{"data": "{{{data}}}"}, {"attributes": {"a": "b"}}]}""")).Ok();

        Assert.Equal("""["1","2"]""", sent.Json["messageIds"]!.ToJsonString());
        Assert.Equal(400, (await lab.Cloud.PostAsync("/v1/projects/rest/topics/first:publish", """{"messages": [{}]}""")).Status);
        Assert.Equal("projects/rest/topics/first", (await lab.Cloud.GetAsync("/v1/projects/rest/topics")).Ok().Json["topics"]![0]!["name"]!.ToString());
        (await lab.Cloud.SendAsync(HttpMethod.Delete, "/v1/projects/rest/topics/first")).Ok();
        var gone = await RefusedAsync(() => Publisher.PublishAsync(new PublishRequest { Topic = "projects/rest/topics/first", Messages = { new PubsubMessage { Data = ByteString.CopyFromUtf8("x") } } }, cancellationToken: Cancel).ResponseAsync);
        Assert.Equal((StatusCode.NotFound, "Resource not found (resource=first)."), gone);
    }

    [Fact]
    public async Task A_webhook_with_the_right_secret_fires_and_any_other_does_not()
    {
        const string parent = "projects/hooks/locations/global", call = "/v1/projects/hooks/triggers/hook:webhook?key=any&secret=";
        (await lab.Cloud.PostAsync("/v1/projects/hooks/secrets?secretId=hook", """{"replication": {"automatic": {}}}""")).Ok();
        (await lab.Cloud.PostAsync("/v1/projects/hooks/secrets/hook:addVersion", $$$"""{"payload": {"data": "{{{Convert.ToBase64String("s3cret"u8)}}}"}}""")).Ok();
        var hook = Echo("hook", "$(body.user.name) $(body.tags[1])");
        hook.WebhookConfig = new WebhookConfig { Secret = "projects/hooks/secrets/hook/versions/latest" };
        await lab.CreateAsync(parent, hook);
        await lab.CreateAsync(parent, Echo("manual", "x"));

        Assert.Equal(403, (await lab.Cloud.PostAsync(call + "wrong", "{}")).Status);
        Assert.Equal(400, (await lab.Cloud.PostAsync(call + "s3cret", "{")).Status);
        Assert.Equal(400, (await lab.Cloud.PostAsync("/v1/projects/hooks/triggers/manual:webhook?key=any&secret=s3cret", "{}")).Status);
        Assert.Empty(await lab.BuildsAsync(parent));
        (await lab.Cloud.PostAsync(call + "s3cret", """{"user": {"name": "Ann"}, "tags": ["a", "b"]}""")).Ok();
        (await lab.Cloud.PostAsync("/v1/projects/hooks/locations/global/triggers/hook:webhook?key=any&secret=s3cret", """{"user": {"name": "Bob"}}""")).Ok();

        Assert.Equal(["Bob ", "Ann b"], (await lab.BuildsAsync(parent)).Select(build => build.Steps[0].Args[1]));
    }
}

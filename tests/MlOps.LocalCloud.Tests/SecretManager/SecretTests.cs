using Google.Cloud.SecretManager.V1;
using Grpc.Core;

namespace MlOps.LocalCloud.Tests.SecretManager;

public sealed class SecretTests(TestCloud cloud) : IClassFixture<TestCloud>
{
    private SecretManagerService.SecretManagerServiceClient Client => new(cloud.Grpc);

    private static Secret Automatic => new() { Replication = new() { Automatic = new() } };

    [Fact]
    public async Task A_secret_is_made_and_found_with_its_fields()
    {
        var secret = Automatic;
        secret.Labels["team"] = "ml";
        var made = await Client.CreateSecretAsync(new() { Parent = "projects/p", SecretId = "made", Secret = secret }, cancellationToken: TestCloud.Cancel);
        Assert.Equal(("projects/p/secrets/made", "ml"), (made.Name, made.Labels["team"]));
        Assert.Matches("^\"[0-9a-f]+\"$", made.Etag);
        Assert.Equal(made, await Client.GetSecretAsync(new() { Name = made.Name }, cancellationToken: TestCloud.Cancel));
        Assert.Equal(StatusCode.AlreadyExists, await RefusedAsync(async () => await CreateAsync("projects/p", "made")));
    }

    [Fact]
    public async Task A_regional_secret_is_another_one_of_the_same_id()
    {
        await CreateAsync("projects/regions", "same");
        var regional = await Client.CreateSecretAsync(new() { Parent = "projects/regions/locations/us-central1", SecretId = "same", Secret = new() }, cancellationToken: TestCloud.Cancel);
        Assert.Equal("projects/regions/locations/us-central1/secrets/same", regional.Name);
        Assert.Single((await Client.ListSecretsAsync(new() { Parent = "projects/regions" }, cancellationToken: TestCloud.Cancel)).Secrets);
        Assert.Equal(StatusCode.InvalidArgument, await RefusedAsync(async () => await CreateAsync("projects/regions/locations/us-central1", "replicated")));
    }

    [Fact]
    public async Task Lists_are_newest_first_in_pages_and_filtered()
    {
        foreach (var id in new[] { "a-one", "b-two", "c-one" })
        {
            await CreateAsync("projects/listed", id);
        }

        var first = await Client.ListSecretsAsync(new() { Parent = "projects/listed", PageSize = 2 }, cancellationToken: TestCloud.Cancel);
        Assert.Equal(["c-one", "b-two"], first.Secrets.Select(Id));
        Assert.Equal(3, first.TotalSize);
        var second = await Client.ListSecretsAsync(new() { Parent = "projects/listed", PageSize = 2, PageToken = first.NextPageToken }, cancellationToken: TestCloud.Cancel);
        Assert.Equal(["a-one"], second.Secrets.Select(Id));
        var named = await Client.ListSecretsAsync(new() { Parent = "projects/listed", Filter = "name:ONE" }, cancellationToken: TestCloud.Cancel);
        Assert.Equal(["c-one", "a-one"], named.Secrets.Select(Id));
        Assert.Empty((await Client.ListSecretsAsync(new() { Parent = "projects/listed", Filter = "name:one AND create_time<2020-01-01" }, cancellationToken: TestCloud.Cancel)).Secrets);
        Assert.Equal(StatusCode.InvalidArgument, await RefusedAsync(async () => await Client.ListSecretsAsync(new() { Parent = "projects/listed", Filter = "size>1" }, cancellationToken: TestCloud.Cancel)));
    }

    [Fact]
    public async Task Fields_in_the_mask_change_and_no_others_and_the_etag_tells()
    {
        var made = await CreateAsync("projects/p", "changing");
        var changed = await Client.UpdateSecretAsync(
            new() { Secret = new() { Name = made.Name, Etag = made.Etag, Labels = { ["a"] = "b" }, Annotations = { ["not"] = "this" } }, UpdateMask = new() { Paths = { "labels" } } }, cancellationToken: TestCloud.Cancel);
        Assert.Equal(("b", 0), (changed.Labels["a"], changed.Annotations.Count));
        Assert.NotEqual(made.Etag, changed.Etag);
        Assert.Equal(StatusCode.FailedPrecondition, await RefusedAsync(async () => await Client.UpdateSecretAsync(new() { Secret = new() { Name = made.Name, Etag = made.Etag }, UpdateMask = new() { Paths = { "labels" } } }, cancellationToken: TestCloud.Cancel)));
        Assert.Equal(StatusCode.InvalidArgument, await RefusedAsync(async () => await Client.UpdateSecretAsync(new() { Secret = new() { Name = made.Name }, UpdateMask = new() { Paths = { "replication" } } }, cancellationToken: TestCloud.Cancel)));
        Assert.Equal(StatusCode.FailedPrecondition, await RefusedAsync(async () => await Client.DeleteSecretAsync(new() { Name = made.Name, Etag = made.Etag }, cancellationToken: TestCloud.Cancel)));
        await Client.DeleteSecretAsync(new() { Name = made.Name, Etag = changed.Etag }, cancellationToken: TestCloud.Cancel);
        Assert.Equal(StatusCode.NotFound, await RefusedAsync(async () => await Client.GetSecretAsync(new() { Name = made.Name }, cancellationToken: TestCloud.Cancel)));
    }

    [Fact]
    public async Task A_secret_whose_time_to_live_is_over_is_gone()
    {
        var secret = Automatic;
        secret.Ttl = new() { Nanos = 1_000_000 };
        var made = await Client.CreateSecretAsync(new() { Parent = "projects/p", SecretId = "short", Secret = secret }, cancellationToken: TestCloud.Cancel);
        Assert.Equal(Secret.ExpirationOneofCase.ExpireTime, made.ExpirationCase);
        while (await RefusedAsync(async () => await Client.GetSecretAsync(new() { Name = made.Name }, cancellationToken: TestCloud.Cancel)) == StatusCode.OK)
        {
            await Task.Yield();
        }

        Assert.Equal(StatusCode.NotFound, await RefusedAsync(async () => await Client.GetSecretAsync(new() { Name = made.Name }, cancellationToken: TestCloud.Cancel)));
    }

    [Theory]
    [InlineData("projects/p", "no/slash", StatusCode.InvalidArgument)]
    [InlineData("projects/p", "", StatusCode.InvalidArgument)]
    [InlineData("folders/p", "id", StatusCode.InvalidArgument)]
    public async Task Names_that_are_none_are_refused(string parent, string id, StatusCode code) =>
        Assert.Equal(code, await RefusedAsync(async () => await CreateAsync(parent, id)));

    [Fact]
    public async Task What_is_not_here_says_so()
    {
        var rotating = Automatic;
        rotating.Rotation = new();
        Assert.Equal(StatusCode.Unimplemented, await RefusedAsync(async () => await Client.CreateSecretAsync(new() { Parent = "projects/p", SecretId = "r", Secret = rotating }, cancellationToken: TestCloud.Cancel)));
        Assert.Equal(StatusCode.Unimplemented, await RefusedAsync(async () => await Client.GetIamPolicyAsync(new() { Resource = "projects/p/secrets/r" }, cancellationToken: TestCloud.Cancel)));
        Assert.Equal(501, (await cloud.GetAsync("/v1/projects/p/secrets/r:getIamPolicy")).Status);
    }

    internal static async Task<StatusCode> RefusedAsync(Func<Task> call)
    {
        try
        {
            await call();
            return StatusCode.OK;
        }
        catch (RpcException refused)
        {
            return refused.StatusCode;
        }
    }

    private static string Id(Secret secret) => secret.Name.Split('/')[^1];

    private async Task<Secret> CreateAsync(string parent, string id) =>
        await Client.CreateSecretAsync(new() { Parent = parent, SecretId = id, Secret = Automatic }, cancellationToken: TestCloud.Cancel);
}

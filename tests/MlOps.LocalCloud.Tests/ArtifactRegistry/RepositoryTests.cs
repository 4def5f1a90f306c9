using Google.Cloud.ArtifactRegistry.V1;
using Grpc.Core;
using Api = Google.Cloud.ArtifactRegistry.V1.ArtifactRegistry;

namespace MlOps.LocalCloud.Tests.ArtifactRegistry;

public sealed class RepositoryTests(TestCloud cloud) : IClassFixture<TestCloud>
{
    private const string Parent = "projects/p/locations/us-central1";

    private Api.ArtifactRegistryClient Client => new(cloud.Grpc);

    [Fact]
    public async Task A_repository_is_made_by_an_operation_that_holds_it()
    {
        var operation = await Client.CreateRepositoryAsync(
            new() { Parent = Parent, RepositoryId = "ml", Repository = new() { Format = Repository.Types.Format.Docker, Labels = { ["team"] = "ml" } } }, cancellationToken: TestCloud.Cancel);
        Assert.True(operation.Done);
        Assert.True(operation.Metadata.Is(OperationMetadata.Descriptor));
        var made = operation.Response.Unpack<Repository>();
        Assert.Equal(($"{Parent}/repositories/ml", "us-central1-docker.pkg.dev/p/ml"), (made.Name, made.RegistryUri));
        Assert.Equal(made, await Client.GetRepositoryAsync(new() { Name = made.Name }, cancellationToken: TestCloud.Cancel));
        var again = await cloud.GetAsync($"/v1/{operation.Name}");
        Assert.Equal("type.googleapis.com/google.devtools.artifactregistry.v1.Repository", again.Ok().Json["response"]!["@type"]!.ToString());
    }

    [Fact]
    public async Task Over_REST_an_operation_shows_what_it_packs()
    {
        var operation = (await cloud.PostAsync($"/v1/{Parent}/repositories?repositoryId=rest&alt=json", """{"format": "KFP", "description": "d"}""")).Ok().Json;
        Assert.Equal("true", operation["done"]!.ToString());
        Assert.Equal("type.googleapis.com/google.devtools.artifactregistry.v1.OperationMetadata", operation["metadata"]!["@type"]!.ToString());
        Assert.Equal($"{Parent}/repositories/rest", operation["response"]!["name"]!.ToString());
        Assert.Equal("KFP", operation["response"]!["format"]!.ToString());
        Assert.Null(operation["response"]!["kmsKeyName"]);
    }

    [Fact]
    public async Task Fields_in_the_mask_change_and_no_others()
    {
        (await cloud.PostAsync($"/v1/{Parent}/repositories?repositoryId=changing", """{"format": "DOCKER", "description": "old", "labels": {"a": "b"}}""")).Ok();
        var changed = (await cloud.SendAsync(
            HttpMethod.Patch,
            $"/v1/{Parent}/repositories/changing?updateMask=dockerConfig.immutableTags,description",
            TestCloud.Json("""{"dockerConfig": {"immutableTags": true}, "description": "new"}"""))).Ok().Json;
        Assert.Equal(("true", "new", "b"), (changed["dockerConfig"]!["immutableTags"]!.ToString(), changed["description"]!.ToString(), changed["labels"]!["a"]!.ToString()));
        Assert.Equal(400, (await cloud.SendAsync(HttpMethod.Patch, $"/v1/{Parent}/repositories/changing?updateMask=format", TestCloud.Json("{}"))).Status);
        Assert.Equal(400, (await cloud.SendAsync(HttpMethod.Patch, $"/v1/{Parent}/repositories/changing", TestCloud.Json("{}"))).Status);
    }

    [Fact]
    public async Task Labels_in_the_mask_are_replaced_whole()
    {
        (await cloud.PostAsync($"/v1/{Parent}/repositories?repositoryId=labelled", """{"format": "DOCKER", "labels": {"a": "b"}}""")).Ok();
        var changed = (await cloud.SendAsync(HttpMethod.Patch, $"/v1/{Parent}/repositories/labelled?updateMask=labels", TestCloud.Json("""{"labels": {"c": "d"}}"""))).Ok().Json;
        Assert.Equal("""{"c":"d"}""", changed["labels"]!.ToJsonString());
    }

    [Fact]
    public async Task Lists_come_in_pages_filtered_by_name()
    {
        const string Paged = "projects/paged/locations/us-central1";
        foreach (var id in new[] { "c", "a", "b", "d" })
        {
            (await cloud.PostAsync($"/v1/{Paged}/repositories?repositoryId={id}", """{"format": "DOCKER"}""")).Ok();
        }

        var first = await Client.ListRepositoriesAsync(new() { Parent = Paged, PageSize = 3 }, cancellationToken: TestCloud.Cancel);
        Assert.Equal(["a", "b", "c"], first.Repositories.Select(repository => repository.Name.Split('/')[^1]));
        var second = await Client.ListRepositoriesAsync(new() { Parent = Paged, PageSize = 3, PageToken = first.NextPageToken }, cancellationToken: TestCloud.Cancel);
        Assert.Equal(("d", ""), (Assert.Single(second.Repositories).Name.Split('/')[^1], second.NextPageToken));
        var filtered = await Client.ListRepositoriesAsync(new() { Parent = Paged, Filter = "name=\"*repositories/B\"" }, cancellationToken: TestCloud.Cancel);
        Assert.EndsWith("/b", Assert.Single(filtered.Repositories).Name);
        Assert.Equal(StatusCode.InvalidArgument, (await Assert.ThrowsAsync<RpcException>(async () => await Client.ListRepositoriesAsync(new() { Parent = Paged, PageToken = "?" }, cancellationToken: TestCloud.Cancel))).StatusCode);
    }

    [Fact]
    public async Task A_deleted_repository_takes_everything_with_it()
    {
        await Kfp.KfpCalls.UploadAsync(cloud, "gone", Kfp.KfpCalls.Pipeline("p"), "v1");
        var name = "projects/local/locations/us-central1/repositories/gone";
        Assert.True((await Client.DeleteRepositoryAsync(new() { Name = name }, cancellationToken: TestCloud.Cancel)).Done);
        Assert.Equal(StatusCode.NotFound, (await Assert.ThrowsAsync<RpcException>(async () => await Client.ListPackagesAsync(new() { Parent = name }, cancellationToken: TestCloud.Cancel))).StatusCode);
        (await cloud.PostAsync("/v1/projects/local/locations/us-central1/repositories?repositoryId=gone", """{"format": "KFP"}""")).Ok();
        Assert.Empty((await Client.ListPackagesAsync(new() { Parent = name }, cancellationToken: TestCloud.Cancel)).Packages);
    }

    [Theory]
    [InlineData("Upper", """{"format": "DOCKER"}""", 400, "INVALID_ARGUMENT")]
    [InlineData("maven", """{"format": "MAVEN"}""", 501, "UNIMPLEMENTED")]
    [InlineData("twice", """{"format": "DOCKER"}""", 409, "ALREADY_EXISTS")]
    public async Task What_cannot_be_made_is_refused_as_Google_does(string id, string body, int status, string name)
    {
        await cloud.PostAsync($"/v1/{Parent}/repositories?repositoryId=twice", """{"format": "DOCKER"}""");
        var answer = await cloud.PostAsync($"/v1/{Parent}/repositories?repositoryId={id}", body);
        Assert.Equal((status, name, $"{status}"), (answer.Status, answer.Json["error"]!["status"]!.ToString(), answer.Json["error"]!["code"]!.ToString()));
    }

    [Fact]
    public async Task A_repository_that_is_not_there_is_NOT_FOUND_over_both()
    {
        var rest = await cloud.GetAsync($"/v1/{Parent}/repositories/nope");
        Assert.Equal((404, "NOT_FOUND"), (rest.Status, rest.Json["error"]!["status"]!.ToString()));
        Assert.Contains("repositories/nope", rest.Json["error"]!["message"]!.ToString());
        var grpc = await Assert.ThrowsAsync<RpcException>(async () => await Client.GetRepositoryAsync(new() { Name = $"{Parent}/repositories/nope" }, cancellationToken: TestCloud.Cancel));
        Assert.Equal(StatusCode.NotFound, grpc.StatusCode);
    }

    [Fact]
    public async Task A_call_that_is_not_implemented_says_so_over_both()
    {
        var rest = await cloud.GetAsync($"/v1/{Parent}/repositories/x/mavenArtifacts");
        Assert.Equal((501, "UNIMPLEMENTED"), (rest.Status, rest.Json["error"]!["status"]!.ToString()));
        Assert.Equal(501, (await cloud.GetAsync($"/v1/{Parent}/repositories/x:getIamPolicy")).Status);
        Assert.Equal(501, (await cloud.GetAsync("/v1/projects/p/locations/us-central1/endpoints")).Status);
        Assert.Equal(501, (await cloud.PostAsync("/nowhere", "{}")).Status);
        var grpc = await Assert.ThrowsAsync<RpcException>(async () => await Client.GetProjectSettingsAsync(new() { Name = "projects/p/projectSettings" }, cancellationToken: TestCloud.Cancel));
        Assert.Equal(StatusCode.Unimplemented, grpc.StatusCode);
        var other = new global::Google.Cloud.AIPlatform.V1.PipelineService.PipelineServiceClient(cloud.Grpc);
        var training = await Assert.ThrowsAsync<RpcException>(async () => await other.GetTrainingPipelineAsync(new() { Name = "projects/p/locations/l/trainingPipelines/1" }, cancellationToken: TestCloud.Cancel));
        Assert.Equal(StatusCode.Unimplemented, training.StatusCode);
    }
}

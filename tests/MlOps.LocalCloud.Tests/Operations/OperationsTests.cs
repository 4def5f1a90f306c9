using Google.LongRunning;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;

namespace MlOps.LocalCloud.Tests.Operations;

public sealed class OperationsTests(TestCloud cloud) : IClassFixture<TestCloud>
{
    private global::Google.LongRunning.Operations.OperationsClient Client => new(cloud.Grpc);

    [Fact]
    public async Task An_operation_is_found_waited_for_cancelled_and_deleted_over_gRPC()
    {
        var name = await DoneAsync("a");
        Assert.True((await Client.GetOperationAsync(new() { Name = name }, cancellationToken: TestCloud.Cancel)).Done);
        Assert.True((await Client.WaitOperationAsync(new() { Name = name, Timeout = Duration.FromTimeSpan(TimeSpan.FromSeconds(1)) }, cancellationToken: TestCloud.Cancel)).Done);
        await Client.CancelOperationAsync(new() { Name = name }, cancellationToken: TestCloud.Cancel);
        await Client.DeleteOperationAsync(new() { Name = name }, cancellationToken: TestCloud.Cancel);
        Assert.Equal(StatusCode.NotFound, (await Assert.ThrowsAsync<RpcException>(async () => await Client.GetOperationAsync(new() { Name = name }, cancellationToken: TestCloud.Cancel))).StatusCode);
    }

    [Fact]
    public async Task An_operation_is_found_waited_for_cancelled_and_deleted_over_REST()
    {
        var name = await DoneAsync("b");
        Assert.Equal("true", (await cloud.GetAsync($"/v1/{name}")).Ok()["done"]);
        Assert.Equal("true", (await cloud.PostAsync($"/v1/{name}:wait?timeout=1s", "")).Ok()["done"]);
        (await cloud.PostAsync($"/v1/{name}:cancel", "{}")).Ok();
        (await cloud.SendAsync(HttpMethod.Delete, $"/v1/{name}")).Ok();
        var gone = await cloud.GetAsync($"/v1/{name}");
        Assert.Equal((404, "NOT_FOUND"), (gone.Status, gone.Json["error"]!["status"]!.ToString()));
    }

    [Fact]
    public async Task Operations_are_listed_newest_first_in_pages()
    {
        var names = new List<string>();
        foreach (var id in new[] { "c", "d", "e" })
        {
            names.Insert(0, await DoneAsync(id, "listed"));
        }

        var first = (await cloud.GetAsync("/v1/projects/listed/locations/l/operations?pageSize=2")).Ok().Json;
        var second = (await cloud.GetAsync($"/v1/projects/listed/locations/l/operations?pageSize=2&pageToken={first["nextPageToken"]}")).Ok().Json;
        Assert.Equal(names, first["operations"]!.AsArray().Concat(second["operations"]!.AsArray()).Select(operation => operation!["name"]!.ToString()));
        var overGrpc = await Client.ListOperationsAsync(new ListOperationsRequest { Name = "projects/listed/locations/l" }, cancellationToken: TestCloud.Cancel);
        Assert.Equal(names, overGrpc.Operations.Select(operation => operation.Name));
    }

    [Fact]
    public async Task An_operation_survives_a_restart()
    {
        var name = await DoneAsync("f");
        await cloud.RestartAsync();
        Assert.Equal("true", (await cloud.GetAsync($"/v1/{name}")).Ok()["done"]);
    }

    private async Task<string> DoneAsync(string id, string project = "ops") =>
        (await cloud.PostAsync($"/v1/projects/{project}/locations/l/repositories?repositoryId={id}", """{"format": "DOCKER"}""")).Ok()["name"]!;
}

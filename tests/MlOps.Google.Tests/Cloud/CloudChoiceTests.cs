using MlOps.Core.Problems;
using MlOps.Google.Cloud;
using MlOps.Google.Errors;
using MlOps.Google.Tests.Servers;

namespace MlOps.Google.Tests.Cloud;

public sealed class CloudChoiceTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public void The_variable_chooses_google_this_machine_or_an_address()
    {
        Assert.Null(CloudChoice.Parse(null));
        Assert.Null(CloudChoice.Parse(""));
        Assert.IsType<CloudChoice.OfGoogle>(CloudChoice.Parse("google"));
        Assert.IsType<CloudChoice.OfThisMachine>(CloudChoice.Parse("local"));
        Assert.Equal(new CloudChoice.At(new Uri("http://172.18.0.1:8080/")), CloudChoice.Parse("http://172.18.0.1:8080"));
    }

    [Theory]
    [InlineData("gogle", "Did you mean 'google'?")]
    [InlineData("https://127.0.0.1:1", "expected 'google', 'local'")]
    [InlineData("http://127.0.0.1:1/path", "expected 'google', 'local'")]
    public void Anything_else_is_refused(string text, string said) => Assert.Contains(said, Assert.Throws<InvalidInputException>(() => CloudChoice.Parse(text)).Message, StringComparison.Ordinal);

    [Fact]
    public async Task A_local_cloud_tells_its_second_port_and_is_called_by_the_name_that_we_know_it_by()
    {
        var told = new LocalCloudAddress("abc", new Uri("http://10.9.8.7:1111"), new Uri("http://10.9.8.7:2222"));
        await using var server = await TestServer.StartAsync(context => context.Response.Body.WriteAsync(told.ToJson(), context.RequestAborted).AsTask());
        var found = await LocalCloudAddress.AskAsync(server.Address, Cancel, Clients.Policy());
        Assert.Equal(("abc", server.Address, new Uri("http://127.0.0.1:2222")), (found.Instance, found.Http, found.Grpc));
        Assert.Equal("/mlops/cloud", Assert.Single(server.Requests).Path);
        Assert.Equal(found.Grpc, found.Endpoint().Vertex("us-central1"));
        Assert.False(found.Endpoint().IsTls);
    }

    [Theory]
    [InlineData("not json")]
    [InlineData("{}")]
    [InlineData("""{"instance":"x"}""")]
    public async Task Something_else_at_the_address_is_said_to_be_no_local_cloud(string answer)
    {
        await using var server = await TestServer.StartAsync(context => context.Response.Body.WriteAsync(System.Text.Encoding.UTF8.GetBytes(answer), context.RequestAborted).AsTask());
        var error = await Assert.ThrowsAsync<CloudException>(() => LocalCloudAddress.AskAsync(server.Address, Cancel, Clients.Policy()));
        Assert.StartsWith($"{server.Host} is not a local cloud", error.Message, StringComparison.Ordinal);
    }
}

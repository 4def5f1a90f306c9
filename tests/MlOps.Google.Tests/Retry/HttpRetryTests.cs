using System.Globalization;
using System.Net;
using MlOps.Core.Images;
using MlOps.Google.Errors;
using MlOps.Google.Registry;
using MlOps.Google.Retry;
using MlOps.Google.Tests.Servers;

namespace MlOps.Google.Tests.Retry;

public sealed class HttpRetryTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(408)]
    [InlineData(429)]
    [InlineData(500)]
    [InlineData(502)]
    [InlineData(503)]
    [InlineData(504)]
    public async Task An_answer_that_may_pass_is_asked_for_again(int status)
    {
        await using var registry = await TestRegistry.StartAsync();
        registry.Server.Next("GET", "/v2/", Fault.Status(status));
        registry.Server.Next("GET", "/v2/", Fault.Drop);
        await Clients.Registry().PingAsync(registry.Host, Cancel);
        Assert.Equal(3, registry.Server.Requests.Count);
    }

    [Theory]
    [InlineData(400)]
    [InlineData(401)]
    [InlineData(403)]
    [InlineData(404)]
    [InlineData(405)]
    [InlineData(409)]
    [InlineData(501)]
    public async Task An_answer_that_will_not_pass_is_taken_at_once(int status)
    {
        await using var registry = await TestRegistry.StartAsync();
        registry.Server.Next("GET", "/v2/", Fault.Status(status));
        var error = await Assert.ThrowsAsync<RegistryException>(() => Clients.Registry().PingAsync(registry.Host, Cancel));
        Assert.Equal(status, (int)error.Http!);
        Assert.Single(registry.Server.Requests);
    }

    [Fact]
    public async Task Tries_are_bounded_and_the_last_answer_is_told_with_the_host()
    {
        await using var registry = await TestRegistry.StartAsync();
        for (var time = 0; time < 5; time++)
        {
            registry.Server.Next("GET", "/v2/", Fault.Status(503));
        }

        var error = await Assert.ThrowsAsync<RegistryException>(() => Clients.Registry().PingAsync(registry.Host, Cancel));
        Assert.Equal($"{registry.Host} could not be asked for its version after 4 attempts: 503 Service Unavailable", error.Message);
        Assert.True(error.IsTransient);
        Assert.Equal(4, registry.Server.Requests.Count);
    }

    [Fact]
    public async Task Waits_grow_with_jitter_and_stay_below_the_longest()
    {
        var time = new SkippingTime();
        var policy = new RetryPolicy { Attempts = 9, LongestDelay = TimeSpan.FromSeconds(20), Time = time };
        await Assert.ThrowsAsync<CloudException>(() => Clients.Registry(policy: policy).PingAsync(TestServer.Nobody().Authority, Cancel));
        Assert.Equal(8, time.Waits.Count);
        Assert.All(time.Waits, wait => Assert.InRange(wait, TimeSpan.Zero, TimeSpan.FromSeconds(20)));
        Assert.Equal(5, time.Waits.Take(5).Distinct().Count());
        Assert.True(time.Waits.Take(3).Sum(wait => wait.TotalSeconds) < time.Waits.Skip(5).Sum(wait => wait.TotalSeconds), "later waits are longer");
    }

    [Fact]
    public async Task A_server_that_says_how_long_to_wait_is_waited_for_so_long()
    {
        var time = new SkippingTime();
        await using var registry = await TestRegistry.StartAsync();
        registry.Server.Next("GET", "/v2/", Fault.RetryAfter(429, "17"));
        registry.Server.Next("GET", "/v2/", Fault.RetryAfter(503, (time.GetUtcNow() + TimeSpan.FromSeconds(17 + 25)).ToString("R", CultureInfo.InvariantCulture)));
        await Clients.Registry(policy: Clients.Policy(time)).PingAsync(registry.Host, Cancel);
        Assert.Equal([TimeSpan.FromSeconds(17), TimeSpan.FromSeconds(25)], time.Waits);
    }

    [Fact]
    public async Task A_server_that_asks_for_too_long_a_wait_is_not_waited_for()
    {
        await using var registry = await TestRegistry.StartAsync();
        registry.Server.Next("GET", "/v2/", Fault.RetryAfter(429, "3600"));
        var error = await Assert.ThrowsAsync<RegistryException>(() => Clients.Registry().PingAsync(registry.Host, Cancel));
        Assert.Contains("It asks to wait (3600)", error.Message, StringComparison.Ordinal);
        Assert.Single(registry.Server.Requests);
    }

    [Fact]
    public async Task A_registry_that_is_not_there_is_named()
    {
        var host = TestServer.Nobody().Authority;
        var error = await Assert.ThrowsAsync<CloudException>(() => Clients.Registry().GetManifestAsync(ImageReference.Parse($"{host}/p/r/i:v1"), Cancel));
        Assert.StartsWith($"{host} cannot be reached (4 attempts): nothing listens there (connection refused).", error.Message, StringComparison.Ordinal);
        Assert.Equal(host, error.Host);
    }

    [Fact]
    public async Task A_local_clouds_registry_that_is_not_there_is_named_by_googles_name_and_its_address()
    {
        var nobody = TestServer.Nobody();
        var client = new RegistryClient(GcpEndpoint.Local(nobody, nobody), retry: Clients.Policy());
        var error = await Assert.ThrowsAsync<CloudException>(() => client.GetManifestAsync(ImageReference.Parse("us-central1-docker.pkg.dev/local/ml/i:v1"), Cancel));
        Assert.StartsWith($"us-central1-docker.pkg.dev (at {nobody.Authority}) cannot be reached", error.Message, StringComparison.Ordinal);
        Assert.Contains("mlops cloud status", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_name_that_nobody_has_is_said_to_be_unknown()
    {
        var error = await Assert.ThrowsAsync<CloudException>(() => Clients.Registry().PingAsync("registry.invalid", Cancel));
        Assert.StartsWith("registry.invalid cannot be reached (4 attempts): its name is not known.", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_server_that_never_answers_is_given_up()
    {
        await using var registry = await TestRegistry.StartAsync();
        registry.Server.Next("GET", "/v2/", Fault.Hang);
        registry.Server.Next("GET", "/v2/", Fault.Hang);
        var error = await Assert.ThrowsAsync<CloudException>(() => Clients.Registry(policy: Clients.Impatient).PingAsync(registry.Host, Cancel));
        Assert.Contains("(2 attempts): no answer within", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Giving_up_ourselves_ends_the_call_at_once_and_is_not_a_failure_of_the_host()
    {
        await using var registry = await TestRegistry.StartAsync();
        registry.Server.Next("GET", "/v2/", Fault.Hang);
        using var ours = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        var call = Clients.Registry().PingAsync(registry.Host, ours.Token);
        await ours.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call);
    }

    [Fact]
    public void A_certificate_that_is_not_trusted_is_not_tried_again()
    {
        Assert.False(HttpRetry.IsTransient(new HttpRequestException("no", new System.Security.Authentication.AuthenticationException())));
        Assert.True(HttpRetry.IsTransient(new HttpRequestException("no", new IOException())));
        Assert.False(HttpRetry.IsTransient(new InvalidOperationException()));
        Assert.False(HttpRetry.IsTransient(HttpStatusCode.NotImplemented));
    }
}

using MlOps.Core.Images;
using MlOps.Google;
using MlOps.Steps.Build;

namespace MlOps.Steps.Tests.Build;

public sealed class EngineNameTests
{
    private static readonly GcpEndpoint Local = GcpEndpoint.Local(new Uri("http://127.0.0.1:5001"), new Uri("http://127.0.0.1:5002"));
    private static readonly GcpEndpoint FromContainer = GcpEndpoint.Local(new Uri("http://172.18.0.1:5001"), new Uri("http://172.18.0.1:5002"));

    [Fact]
    public void Googles_names_stay_as_they_are_at_Google() => AssertName("us-docker.pkg.dev/p/r/i:t", GcpEndpoint.Google, "us-docker.pkg.dev/p/r/i:t");

    [Fact]
    public void A_local_cloud_is_on_the_engines_own_loopback_wherever_we_are()
    {
        AssertName("127.0.0.1:5001/us/p/r/i:t", Local, "us-docker.pkg.dev/p/r/i:t");
        AssertName("127.0.0.1:5001/us/p/r/i:t", FromContainer, "us-docker.pkg.dev/p/r/i:t");
        AssertName($"127.0.0.1:5001/gcr.io/p/i@{Digest.Of("x")}", Local, $"gcr.io/p/i@{Digest.Of("x")}");
    }

    [Theory]
    [InlineData("busybox:1.36")]
    [InlineData("mcr.microsoft.com/dotnet/sdk:10.0")]
    [InlineData("127.0.0.1:9/x:1")]
    public void Other_registries_are_what_they_are(string name) => AssertName(name, Local, name);

    private static void AssertName(string expected, GcpEndpoint endpoint, string image) => Assert.Equal(expected, EngineName.Of(endpoint, ImageReference.Parse(image)).ToString());
}

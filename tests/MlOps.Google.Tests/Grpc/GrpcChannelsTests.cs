using MlOps.Google.Grpc;

namespace MlOps.Google.Tests.Grpc;

public sealed class GrpcChannelsTests
{
    [Fact]
    public void A_service_has_one_channel()
    {
        using var channels = new GrpcChannels(GcpEndpoint.Google);
        Assert.Same(channels.Channel(GcpEndpoint.Google.ArtifactRegistry), channels.Channel(GcpEndpoint.Google.ArtifactRegistry));
        Assert.NotSame(channels.Channel(GcpEndpoint.Google.Vertex("a")), channels.Channel(GcpEndpoint.Google.Vertex("b")));
    }

    [Fact]
    public void Googles_services_are_called_over_tls_and_a_local_clouds_are_not()
    {
        using var google = new GrpcChannels(GcpEndpoint.Google);
        Assert.Equal("us-central1-aiplatform.googleapis.com", google.Channel(GcpEndpoint.Google.Vertex("us-central1")).Target);
        using var local = new GrpcChannels(GcpEndpoint.Local(new Uri("http://127.0.0.1:1"), new Uri("http://127.0.0.1:2")));
        Assert.Equal("127.0.0.1:2", local.Channel(local.Endpoint.Vertex("us-central1")).Target);
    }
}

namespace MlOps.LocalCloud.CloudBuild.EngineSockets;

/// <summary><c>docker build</c>.</summary>
internal static class Builds
{
    public static Task AnswerAsync(Exchange exchange, CancellationToken cancel) => exchange.ForwardAsync(cancel);
}

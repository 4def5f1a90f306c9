namespace MlOps.Containers;

/// <summary>
/// Plain HTTP to the engine, for what goes past Docker.DotNet: building (its reading of the messages fails on those of BuildKit),
/// attaching (it takes two reads a frame), and answers that are handed on as they come.
/// </summary>
public static class EngineHttp
{
    /// <param name="address">As <see cref="EngineStream.OpenAsync"/> takes it.</param>
    public static HttpClient Connect(string address) => new(new SocketsHttpHandler { UseProxy = false, ActivityHeadersPropagator = null, ConnectCallback = (_, cancel) => EngineStream.OpenAsync(address, cancel) })
    {
        BaseAddress = new Uri("http://engine"),
        Timeout = Timeout.InfiniteTimeSpan,
    };
}

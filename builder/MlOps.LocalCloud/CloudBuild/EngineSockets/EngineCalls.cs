namespace MlOps.LocalCloud.CloudBuild.EngineSockets;

/// <summary>Which of the engine's calls are not handed on as they are, and who answers those.</summary>
internal static class EngineCalls
{
    public static Task AnswerAsync(Exchange exchange, CancellationToken cancel)
    {
        var call = exchange.Call;
        return (call.Method, call.Path) switch
        {
            ("POST", "/containers/create") => Creations.ContainerAsync(exchange, cancel),
            ("POST", "/networks/create" or "/volumes/create") => Creations.LabelledAsync(exchange, cancel),
            ("POST", "/images/create") when call["fromImage"] is { } name => Pulls.AnswerAsync(exchange, name, cancel),
            ("POST", "/auth") => Logins.AnswerAsync(exchange, cancel),
            ("POST", "/build") => Builds.AnswerAsync(exchange, cancel),
            ("POST", "/build/prune") => exchange.AnswerAsync(200, """{"CachesDeleted":null,"SpaceReclaimed":0}""", cancel),
            ("POST", "/containers/prune" or "/images/prune" or "/networks/prune" or "/volumes/prune") => Limits.OwnAsync(exchange, cancel),
            ("GET", "/containers/json" or "/volumes") => Limits.OwnAsync(exchange, cancel),
            ("POST", _) when call.Between("/images/", "/push") is { } name => Pushes.AnswerAsync(exchange, name, cancel),
            ("DELETE", _) when call.Between("/images/", "") is { } name => Removals.AnswerAsync(exchange, name, cancel),
            (_, _) when NamedImage(call) is { } name => NamedAsync(exchange, name, cancel),
            _ => exchange.ForwardAsync(cancel),
        };
    }

    /// <summary>The image that a path names and the engine looks up among its own, or asks a registry for.</summary>
    private static (string Before, string Name, string After)? NamedImage(ApiCall call)
    {
        foreach (var (before, after) in new[] { ("/images/", "/json"), ("/images/", "/history"), ("/images/", "/tag"), ("/images/", "/get"), ("/distribution/", "/json") })
        {
            if (call.Between(before, after) is { } name)
            {
                return (before, name, after);
            }
        }

        return null;
    }

    private static async Task NamedAsync(Exchange exchange, (string Before, string Name, string After) path, CancellationToken cancel)
    {
        var name = await EngineNameAsync(exchange.Behind, path.Name, isRemote: path.Before == "/distribution/", cancel);
        await exchange.ForwardAsync(name == path.Name ? exchange.Call : exchange.Call with { Path = path.Before + name + path.After }, cancel);
    }

    /// <summary>By tag the engine has an image under its name of Google's; by digest, and at its registry, under the local registry's.</summary>
    private static async Task<string> EngineNameAsync(EngineBehind behind, string name, bool isRemote, CancellationToken cancel)
    {
        if (!Core.Images.ImageReference.TryParse(name, out var image) || behind.Transport.Names.LocalPath(image) is null)
        {
            return name;
        }

        var isLocal = isRemote ? behind.Transport.Local(image) is not null : image.IsPinned && !await behind.Engine.Images.ExistsAsync(name, cancel);
        return isLocal ? behind.Transport.Names.ToEngine(image).ToString() : name;
    }
}

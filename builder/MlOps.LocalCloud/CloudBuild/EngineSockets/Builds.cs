using System.Collections.Immutable;
using System.Text.Json;
using System.Text.RegularExpressions;
using MlOps.Core.Images;

namespace MlOps.LocalCloud.CloudBuild.EngineSockets;

/// <summary>
/// <c>docker build</c>. An image of Google's that a FROM names is brought to the engine before it looks for it: from the
/// Dockerfile in the context where the client sends one; where BuildKit asks the client for its files itself, once the build has failed
/// for it, and then the build is run again (docs/decisions/0005).
/// </summary>
internal static partial class Builds
{
    private const int MostTries = 10;

    public static async Task AnswerAsync(Exchange exchange, CancellationToken cancel)
    {
        // The classic builder leaves the container of a failed instruction, and puts no label on it.
        var call = exchange.Call.With("forcerm", "1");
        var arguments = Arguments(call["buildargs"]);
        var named = await ArgumentsAsync(exchange.Behind, arguments, cancel);
        call = ReferenceEquals(named, arguments) ? call : call.With("buildargs", JsonSerializer.Serialize(named));
        if (string.IsNullOrEmpty(call["remote"]))
        {
            var context = new BuildContextOf(exchange, call["dockerfile"] is { Length: > 0 } name ? name : "Dockerfile", call["target"], named);
            await exchange.ForwardAsync(call, context.WriteAsync, cancel);
        }
        else if (call["version"] == "2")
        {
            await RepeatAsync(exchange, call, cancel);
        }
        else
        {
            await exchange.ForwardAsync(call, cancel);
        }
    }

    /// <summary>Google's names in a text of the engine's: <c>HOST/PATH:TAG</c>, or the address of the manifest that could not be had.</summary>
    internal static IEnumerable<ImageReference> NamesIn(string text)
    {
        foreach (Match match in GoogleName().Matches(text))
        {
            var name = Manifest().Replace(match.Value.TrimEnd(':', '.', '/'), found => $"/{found.Groups["path"].Value}{(found.Groups["reference"].Value.StartsWith("sha256:", StringComparison.Ordinal) ? "@" : ":")}{found.Groups["reference"].Value}");
            if (ImageReference.TryParse(name, out var image))
            {
                yield return image;
            }
        }
    }

    private static ImmutableSortedDictionary<string, string?> Arguments(string? json)
    {
        try
        {
            return JsonSerializer.Deserialize<Dictionary<string, string?>>(string.IsNullOrEmpty(json) ? "{}" : json)!.ToImmutableSortedDictionary(StringComparer.Ordinal);
        }
        catch (JsonException)
        {
            // The engine itself says so.
            return ImmutableSortedDictionary<string, string?>.Empty;
        }
    }

    /// <summary>Arguments that are images' names, as the engine needs them: a digest is known to it under another name.</summary>
    private static async Task<ImmutableSortedDictionary<string, string?>> ArgumentsAsync(EngineBehind behind, ImmutableSortedDictionary<string, string?> arguments, CancellationToken cancel)
    {
        foreach (var (name, value) in arguments)
        {
            if (ImageReference.TryParse(value, out var image) && behind.Transport.Local(image) is not null)
            {
                arguments = await behind.PreparedAsync(value!, cancel) is var prepared && prepared != value ? arguments.SetItem(name, prepared) : arguments;
            }
        }

        return arguments;
    }

    private static async Task RepeatAsync(Exchange exchange, ApiCall call, CancellationToken cancel)
    {
        await exchange.ReadBodyAsync(cancel);
        await FreshenAsync(exchange.Behind, cancel);
        await exchange.StreamAsync(
            async (client, gone) =>
            {
                var tried = new HashSet<ImageReference>();
                for (var attempt = 1; ; attempt++)
                {
                    if (await exchange.Behind.HandOnAsync(call, exchange.Request, client, gone) is not { } failure)
                    {
                        return;
                    }

                    if (attempt == MostTries || !await BringAsync(exchange.Behind, failure, tried, gone))
                    {
                        await client.FailAsync(failure + Explanation(exchange.Behind, failure), gone);
                        return;
                    }
                }
            },
            cancel);
    }

    /// <summary>What the engine kept of earlier builds under Google's names becomes what the local registry has by now.</summary>
    private static async Task FreshenAsync(EngineBehind behind, CancellationToken cancel)
    {
        foreach (var image in await behind.Engine.Client.Images.ListImagesAsync(new Docker.DotNet.Models.ImagesListParameters(), cancel))
        {
            foreach (var tag in image.RepoTags ?? [])
            {
                await behind.PreparedAsync(tag, cancel);
            }
        }
    }

    /// <returns>False: there is nothing in the failure that the local registry could help with.</returns>
    private static async Task<bool> BringAsync(EngineBehind behind, string failure, HashSet<ImageReference> tried, CancellationToken cancel)
    {
        var isBetter = false;
        foreach (var image in NamesIn(failure).Where(image => !image.IsPinned && behind.Transport.Local(image) is not null && tried.Add(image)))
        {
            await behind.PreparedAsync(image.ToString(), cancel);
            isBetter = true;
        }

        return isBetter;
    }

    private static string Explanation(EngineBehind behind, string failure) =>
        NamesIn(failure).FirstOrDefault(image => image.IsPinned && behind.Transport.Local(image) is not null) is { } pinned
            ? $" (The local registry has {pinned}, but BuildKit cannot be told so while the client keeps the Dockerfile: name its tag, give it by --build-arg, or set DOCKER_BUILDKIT=0.)"
            : "";

    [GeneratedRegex(@"(?:[a-z0-9-]+-docker\.pkg\.dev|(?:[a-z]+\.)?gcr\.io)/[A-Za-z0-9._/:@-]+", RegexOptions.CultureInvariant)]
    private static partial Regex GoogleName();

    [GeneratedRegex("/v2/(?<path>.+)/manifests/(?<reference>[^/]+)$", RegexOptions.CultureInvariant)]
    private static partial Regex Manifest();
}

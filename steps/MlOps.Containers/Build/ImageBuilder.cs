using System.Collections.Immutable;
using System.Net;
using System.Text;
using System.Text.Json;
using MlOps.Core.Problems;

namespace MlOps.Containers.Build;

/// <summary>
/// Builds images on the engine: with BuildKit where it has it (<c>POST /build?version=2</c>; <c>DOCKER_BUILDKIT=0</c> says no),
/// else with the classic builder. Local images are used for <c>FROM</c> before any registry is asked.
/// </summary>
public sealed class ImageBuilder : IDisposable
{
    private static readonly string[] BuildKitNetworks = ["", "default", "none", "host"];

    private readonly HttpClient _http;
    private readonly bool _hasBuildKit;

    public ImageBuilder(ContainerEngine engine)
        : this(engine.Address, engine.Version.HasBuildKit && Environment.GetEnvironmentVariable("DOCKER_BUILDKIT") is not "0")
    {
    }

    /// <param name="buildKit">False: the classic builder.</param>
    internal ImageBuilder(string address, bool buildKit) => (_http, _hasBuildKit) = (EngineHttp.Connect(address), buildKit);

    /// <summary>Builds an image and gives it its tags. Cancelling stops the build on the engine too.</summary>
    /// <param name="hear">Hears each line of the output as it comes.</param>
    /// <exception cref="StepFailedException">The build failed; its tail holds the failing instruction's own last lines.</exception>
    /// <exception cref="InvalidInputException">A file of the context cannot be read, or the engine refuses the request.</exception>
    public async Task<ImageBuildResult> BuildAsync(ImageBuild build, Action<string>? hear, CancellationToken cancel)
    {
        var log = new BuildLog(hear, SecretTexts(build));
        var buildKit = IsForBuildKit(build, log);
        await using var session = build.Secrets.IsEmpty ? null : await BuildSession.OpenAsync(_http, build.Secrets, cancel);
        var dockerfile = await ReadDockerfileAsync(build.Dockerfile, cancel);
        var query = Query(build with { Arguments = ImageTime.AddTo(build.Arguments, dockerfile, buildKit) }, buildKit, session?.Id);
        var (image, error) = await SendAsync(build, query, dockerfile, log, cancel);
        if (error is not null && SyntaxDirective.IsMissingFrontend(error) && SyntaxDirective.Remove(dockerfile) is { } plain)
        {
            log.Line("The Dockerfile's '# syntax=' frontend could not be fetched; the engine's own builds it.");
            (image, error) = await SendAsync(build, query, plain, log, cancel);
        }

        return error is null && image is not null
            ? new ImageBuildResult(image, log.Lines)
            : throw new StepFailedException($"{build.Dockerfile}: {error ?? "the engine ended the build without naming an image"}", log.Tail);
    }

    public void Dispose() => _http.Dispose();

    private bool IsForBuildKit(ImageBuild build, BuildLog log)
    {
        var isItsNetwork = BuildKitNetworks.Contains(build.Network ?? "");
        if (!build.Secrets.IsEmpty && !(_hasBuildKit && isItsNetwork))
        {
            throw _hasBuildKit
                ? new InvalidInputException("secrets-and-network", $"Build secrets need BuildKit, which cannot be given the network '{build.Network}' over the engine's API. Give up one of the two.", new SourceSpot(build.Dockerfile))
                : new MachineLacksException("Build secrets need BuildKit, which the Docker engine does not have, or which DOCKER_BUILDKIT=0 switches off.", "Use Docker 18.09 or later.");
        }

        if (_hasBuildKit && !isItsNetwork)
        {
            log.Line($"The classic builder is used: BuildKit cannot be given the network '{build.Network}' over the engine's API.");
        }

        return _hasBuildKit && isItsNetwork;
    }

    // Very short ones would take ordinary words out of the log.
    private static ImmutableArray<string> SecretTexts(ImageBuild build) =>
        [.. build.Secrets.Values.Select(secret => Encoding.UTF8.GetString(secret.AsSpan()).Trim()).SelectMany(text => text.Split('\n')).Select(line => line.Trim()).Where(line => line.Length >= 4)];

    private static async Task<byte[]> ReadDockerfileAsync(string path, CancellationToken cancel)
    {
        try
        {
            return await File.ReadAllBytesAsync(path, cancel);
        }
        catch (Exception error) when (error is UnauthorizedAccessException or IOException)
        {
            throw new InvalidInputException("dockerfile", $"The Dockerfile cannot be read ({error.Message.TrimEnd('.')}).", new SourceSpot(path));
        }
    }

    private async Task<(string? ImageId, string? Error)> SendAsync(ImageBuild build, string query, byte[] dockerfile, BuildLog log, CancellationToken cancel)
    {
        var files = BuildContext.Files(build.Context, DockerIgnore.Of(build.Context, build.Dockerfile));
        var name = DockerfileName(build);
        using var content = new TarContent(stream => ContextTar.WriteAsync(stream, files, (name, dockerfile), cancel));
        using var request = new HttpRequestMessage(HttpMethod.Post, $"/build?{query}") { Content = content };
        try
        {
            using var response = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancel);
            if (response.StatusCode != HttpStatusCode.OK)
            {
                throw Refused(build, response.StatusCode, await response.Content.ReadAsStringAsync(cancel));
            }

            await using var body = await response.Content.ReadAsStreamAsync(cancel);
            return await BuildMessages.ReadAsync(body, log, cancel);
        }
        catch (Exception error) when (error is HttpRequestException or IOException && !cancel.IsCancellationRequested)
        {
            throw content.Failure ?? new StepFailedException($"{build.Dockerfile}: the Docker engine broke off the build: {error.GetBaseException().Message}", log.Tail, error);
        }
    }

    private static Exception Refused(ImageBuild build, HttpStatusCode status, string body)
    {
        var said = body;
        try
        {
            using var answer = JsonDocument.Parse(body);
            said = answer.RootElement.GetProperty("message").GetString() ?? body;
        }
        catch (Exception unreadable) when (unreadable is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            // The body itself says it then.
        }

        return status is HttpStatusCode.BadRequest
            ? new InvalidInputException("dockerfile", $"The engine refuses to build it: {said.Trim()}", new SourceSpot(build.Dockerfile))
            : new StepFailedException($"{build.Dockerfile}: the Docker engine answered {(int)status}: {said.Trim()}");
    }

    // Inside of the context under its own path; a file from elsewhere under a name that nobody has.
    private static string DockerfileName(ImageBuild build)
    {
        var relative = Path.GetRelativePath(build.Context, build.Dockerfile).Replace('\\', '/');
        return relative.StartsWith("../", StringComparison.Ordinal) || Path.IsPathRooted(relative) ? ".mlops.Dockerfile" : relative;
    }

    private static string Query(ImageBuild build, bool buildKit, string? session)
    {
        var query = new List<(string Name, string Value)>
        {
            ("version", buildKit ? "2" : "1"), ("dockerfile", DockerfileName(build)), ("platform", build.Platform), ("rm", "1"), ("forcerm", "1"),
            ("buildargs", JsonSerializer.Serialize(build.Arguments.ToDictionary(StringComparer.Ordinal), BuildJson.Default.DictionaryStringString)),
        };
        query.AddRange(build.Tags.Select(tag => ("t", tag)));
        Add("session", session);
        Add("target", build.Target);
        Add("networkmode", build.Network is "default" or "" ? null : build.Network);
        Add("nocache", build.NoCache ? "1" : null);
        return string.Join('&', query.Select(pair => $"{pair.Name}={Uri.EscapeDataString(pair.Value)}"));

        void Add(string name, string? value)
        {
            if (value is not null)
            {
                query.Add((name, value));
            }
        }
    }
}

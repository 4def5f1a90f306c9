using System.Net;
using Docker.DotNet;
using Docker.DotNet.Models;
using MlOps.Core.Images;
using MlOps.Core.Problems;

namespace MlOps.Containers.Images;

/// <summary>Images on the engine, and their way to and from registries.</summary>
public sealed class EngineImages
{
    private readonly DockerClient _client;

    internal EngineImages(DockerClient client) => _client = client;

    /// <summary>What the engine knows of an image (a name, a pinned name or an id); null when it does not have it.</summary>
    public async Task<ImageInspectResponse?> InspectAsync(string image, CancellationToken cancel)
    {
        try
        {
            return await _client.Images.InspectImageAsync(image, cancel);
        }
        catch (DockerApiException error) when (error.StatusCode == HttpStatusCode.NotFound)
        {
            return null;
        }
    }

    public async Task<bool> ExistsAsync(string image, CancellationToken cancel) => await InspectAsync(image, cancel) is not null;

    /// <summary>The tags that the engine has of an image (<c>HOST/PATH</c>), <c>latest</c> first.</summary>
    public async Task<IReadOnlyList<ImageReference>> TagsAsync(string name, CancellationToken cancel)
    {
        var filter = new Dictionary<string, IDictionary<string, bool>>(StringComparer.Ordinal) { ["reference"] = new Dictionary<string, bool>(StringComparer.Ordinal) { [name] = true } };
        var found = await _client.Images.ListImagesAsync(new ImagesListParameters { Filters = filter }, cancel);
        return
        [
            .. found.SelectMany(image => image.RepoTags ?? [])
                .Select(tag => ImageReference.TryParse(tag, out var tagged) ? tagged : null)
                .OfType<ImageReference>()
                .Where(tagged => tagged.Name == name)
                .OrderBy(tagged => tagged.Tag == "latest" ? "" : tagged.Tag, StringComparer.Ordinal),
        ];
    }

    /// <summary>Pulls an image by its digest where it has one, else by its tag (none: <c>latest</c>).</summary>
    /// <exception cref="StepFailedException">The registry refuses or does not answer; its own words are in the message.</exception>
    public async Task PullAsync(ImageReference image, RegistryAuth? auth, IProgress<JSONMessage>? progress, CancellationToken cancel)
    {
        var parameters = new ImagesCreateParameters { FromImage = image.Name, Tag = image.Digest?.ToString() ?? image.Tag ?? "latest" };
        await TransferAsync($"pull {image}", told => _client.Images.CreateImageAsync(parameters, auth?.Config, told, cancel), progress);
    }

    /// <summary>Gives an image (a name or an id) another name.</summary>
    public Task TagAsync(string image, ImageReference name, CancellationToken cancel) =>
        _client.Images.TagImageAsync(image, new ImageTagParameters { RepositoryName = name.Name, Tag = name.Tag ?? "latest" }, cancel);

    /// <summary>Pushes a tag.</summary>
    /// <returns>The digest that the registry answered.</returns>
    /// <exception cref="StepFailedException">The registry refuses or does not answer.</exception>
    public async Task<Digest> PushAsync(ImageReference image, RegistryAuth? auth, IProgress<JSONMessage>? progress, CancellationToken cancel)
    {
        Digest? pushed = null;
        var listening = new Progress<JSONMessage>(message =>
        {
            if (PushedDigest.Of(message) is { } digest)
            {
                pushed = digest;
            }

            progress?.Report(message);
        });
        var parameters = new ImagePushParameters { Tag = image.Tag ?? "latest" };

        // The engine insists on the header, even for a registry that asks for nothing.
        var config = auth?.Config ?? new AuthConfig();
        await TransferAsync($"push {image}", told => _client.Images.PushImageAsync(image.Name, parameters, config, told, cancel), listening);
        return pushed ?? throw new StepFailedException($"The engine pushed {image} without naming a digest.");
    }

    /// <summary>Removes a name or an image, with force; one that is not there is as good as removed.</summary>
    public async Task RemoveAsync(string image, CancellationToken cancel)
    {
        try
        {
            await _client.Images.DeleteImageAsync(image, new ImageDeleteParameters { Force = true }, cancel);
        }
        catch (DockerApiException error) when (error.StatusCode == HttpStatusCode.NotFound)
        {
        }
    }

    private static async Task TransferAsync(string what, Func<IProgress<JSONMessage>, Task> transfer, IProgress<JSONMessage>? progress)
    {
        // The answer's status is 200 before the transfer begins; a failure is a line of its body.
        string? failure = null;
        var listening = new Progress<JSONMessage>(message =>
        {
            failure = message.Error?.Message ?? failure;
            progress?.Report(message);
        });
        try
        {
            await transfer(listening);
        }
        catch (DockerApiException error)
        {
            throw new StepFailedException($"Cannot {what}: {EngineMessage.Of(error)}", inner: error);
        }

        if (failure is not null)
        {
            throw new StepFailedException($"Cannot {what}: {failure}");
        }
    }
}

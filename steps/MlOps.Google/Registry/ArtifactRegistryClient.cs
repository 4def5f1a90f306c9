using System.Runtime.CompilerServices;
using Google.Cloud.ArtifactRegistry.V1;
using Grpc.Core;
using MlOps.Google.Errors;
using MlOps.Google.Grpc;
using MlOps.Google.Http;
using MlOps.Google.Retry;

namespace MlOps.Google.Registry;

/// <summary>Repositories, images, packages, versions and tags, through Google's generated client (google/devtools/artifactregistry/v1/service.proto). Lists follow every page.</summary>
public sealed class ArtifactRegistryClient(GrpcChannels channels)
{
    private const int PageSize = 1000;
    private readonly ArtifactRegistry.ArtifactRegistryClient _client = new(channels.ArtifactRegistry());
    private readonly ServiceHost _host = HostOf(channels.Endpoint);
    private readonly GrpcRetry _retry = new(channels.Policy, HostOf(channels.Endpoint));

    /// <summary>A repository; null where there is none.</summary>
    public Task<Repository?> GetRepositoryAsync(RepositoryName name, CancellationToken cancel) =>
        FoundAsync($"tell about {name}", token => _client.GetRepositoryAsync(new GetRepositoryRequest { Name = name.ToString() }, channels.Options("name", name.ToString(), token)), cancel);

    /// <summary>Makes a repository and waits until it is there; one that exists already is returned as it is.</summary>
    public async Task<Repository> CreateRepositoryAsync(RepositoryName name, Repository repository, CancellationToken cancel)
    {
        var what = $"make {name}";
        var request = new CreateRepositoryRequest { Parent = name.Parent, RepositoryId = name.Repository, Repository = repository };
        try
        {
            var operation = await _retry.RepeatableAsync(what, token => _client.CreateRepositoryAsync(request, channels.Options("parent", name.Parent, token)), cancel);
            return await new OperationsWait(channels.ArtifactRegistry(), channels, _retry, _host).ResultAsync<Repository>(what, operation, cancel);
        }
        catch (CloudException error) when (error.Status == StatusCode.AlreadyExists)
        {
            if (await GetRepositoryAsync(name, cancel) is { } existing)
            {
                return existing;
            }

            throw;
        }
    }

    public IAsyncEnumerable<DockerImage> DockerImagesAsync(RepositoryName repository, CancellationToken cancel)
    {
        var request = new ListDockerImagesRequest { Parent = repository.ToString(), PageSize = PageSize };
        return PagesAsync(
            $"list the images of {repository}",
            (page, token) =>
            {
                request.PageToken = page;
                return _client.ListDockerImagesAsync(request, channels.Options("parent", request.Parent, token));
            },
            answer => (answer.DockerImages, answer.NextPageToken),
            cancel);
    }

    public IAsyncEnumerable<Package> PackagesAsync(RepositoryName repository, CancellationToken cancel)
    {
        var request = new ListPackagesRequest { Parent = repository.ToString(), PageSize = PageSize };
        return PagesAsync(
            $"list the packages of {repository}",
            (page, token) =>
            {
                request.PageToken = page;
                return _client.ListPackagesAsync(request, channels.Options("parent", request.Parent, token));
            },
            answer => (answer.Packages, answer.NextPageToken),
            cancel);
    }

    /// <summary>A package's versions with their tags.</summary>
    public IAsyncEnumerable<global::Google.Cloud.ArtifactRegistry.V1.Version> VersionsAsync(RepositoryName repository, string package, CancellationToken cancel)
    {
        var request = new ListVersionsRequest { Parent = PackageName(repository, package), PageSize = PageSize, View = VersionView.Full };
        return PagesAsync(
            $"list the versions of {request.Parent}",
            (page, token) =>
            {
                request.PageToken = page;
                return _client.ListVersionsAsync(request, channels.Options("parent", request.Parent, token));
            },
            answer => (answer.Versions, answer.NextPageToken),
            cancel);
    }

    public IAsyncEnumerable<Tag> TagsAsync(RepositoryName repository, string package, CancellationToken cancel)
    {
        var request = new ListTagsRequest { Parent = PackageName(repository, package), PageSize = PageSize };
        return PagesAsync(
            $"list the tags of {request.Parent}",
            (page, token) =>
            {
                request.PageToken = page;
                return _client.ListTagsAsync(request, channels.Options("parent", request.Parent, token));
            },
            answer => (answer.Tags, answer.NextPageToken),
            cancel);
    }

    /// <summary>A tag; null where there is none.</summary>
    public Task<Tag?> GetTagAsync(RepositoryName repository, string package, string tag, CancellationToken cancel)
    {
        var name = $"{PackageName(repository, package)}/tags/{tag}";
        return FoundAsync($"tell about {name}", token => _client.GetTagAsync(new GetTagRequest { Name = name }, channels.Options("name", name, token)), cancel);
    }

    /// <summary>Makes a tag name a version, moving it where it exists.</summary>
    public async Task<Tag> SetTagAsync(RepositoryName repository, string package, string tag, string version, CancellationToken cancel)
    {
        var parent = PackageName(repository, package);
        var name = $"{parent}/tags/{tag}";
        var wanted = new Tag { Name = name, Version = $"{parent}/versions/{version}" };
        if (await GetTagAsync(repository, package, tag, cancel) is { } existing)
        {
            var move = new UpdateTagRequest { Tag = wanted, UpdateMask = new() { Paths = { "version" } } };
            return existing.Version == wanted.Version
                ? existing
                : await _retry.RepeatableAsync($"move {name}", token => _client.UpdateTagAsync(move, channels.Options("tag.name", name, token)), cancel);
        }

        var create = new CreateTagRequest { Parent = parent, TagId = tag, Tag = wanted };
        try
        {
            return await _retry.RepeatableAsync($"make {name}", token => _client.CreateTagAsync(create, channels.Options("parent", parent, token)), cancel);
        }
        catch (CloudException error) when (error.Status == StatusCode.AlreadyExists)
        {
            return await SetTagAsync(repository, package, tag, version, cancel);
        }
    }

    private static ServiceHost HostOf(GcpEndpoint endpoint) => new("artifactregistry.googleapis.com", endpoint.ArtifactRegistry);

    private static string PackageName(RepositoryName repository, string package) => $"{repository}/packages/{Uri.EscapeDataString(package)}";

    private async Task<T?> FoundAsync<T>(string what, Func<CancellationToken, AsyncUnaryCall<T>> call, CancellationToken cancel) where T : class
    {
        try
        {
            return await _retry.RepeatableAsync(what, call, cancel);
        }
        catch (CloudException error) when (error.Status == StatusCode.NotFound)
        {
            return null;
        }
    }

    private async IAsyncEnumerable<TItem> PagesAsync<TAnswer, TItem>(
        string what,
        Func<string, CancellationToken, AsyncUnaryCall<TAnswer>> call,
        Func<TAnswer, (IEnumerable<TItem> Items, string Next)> read,
        [EnumeratorCancellation] CancellationToken cancel)
    {
        var page = "";
        do
        {
            var (items, next) = read(await _retry.RepeatableAsync(what, token => call(page, token), cancel));
            foreach (var item in items)
            {
                yield return item;
            }

            page = next;
        }
        while (page.Length > 0);
    }
}

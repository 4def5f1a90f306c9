using System.Text.RegularExpressions;
using Google.Cloud.ArtifactRegistry.V1;
using Google.LongRunning;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using MlOps.Google.Registry;
using MlOps.LocalCloud.Hosting;
using MlOps.LocalCloud.Operations;
using Api = Google.Cloud.ArtifactRegistry.V1.ArtifactRegistry;

namespace MlOps.LocalCloud.ArtifactRegistry;

/// <summary><c>google.devtools.artifactregistry.v1.ArtifactRegistry</c> for repositories of format DOCKER and KFP; other calls are UNIMPLEMENTED.</summary>
internal sealed partial class ArtifactRegistryService(RepositoryStore repositories, VersionStore versions, OperationsTable operations) : Api.ArtifactRegistryBase
{
    private const int LargestPage = 1000;

    public override Task<Operation> CreateRepository(CreateRepositoryRequest request, ServerCallContext context)
    {
        var parent = ResourceNames.Location(request.Parent);
        if (!RepositoryId().IsMatch(request.RepositoryId))
        {
            throw Rpc.Invalid($"repository_id '{request.RepositoryId}' is not valid: expected lower-case letters, digits and '-', a letter first, at most 63 characters.");
        }

        var repository = request.Repository?.Clone() ?? new Repository();
        if (repository.Format is not (Repository.Types.Format.Docker or Repository.Types.Format.Kfp))
        {
            throw Rpc.Unimplemented($"The local cloud has repositories of format DOCKER and KFP, not {repository.Format.ToString().ToUpperInvariant()}.");
        }

        var name = ResourceNames.Repository($"{parent}/repositories/{request.RepositoryId}");
        return repositories.Create(name, repository)
            ? Task.FromResult(operations.Done(parent, new OperationMetadata(), repository))
            : throw Rpc.Exists($"the repository already exists: {name}");
    }

    public override Task<Repository> GetRepository(GetRepositoryRequest request, ServerCallContext context) => Task.FromResult(Existing(ResourceNames.Repository(request.Name)));

    public override Task<ListRepositoriesResponse> ListRepositories(ListRepositoriesRequest request, ServerCallContext context)
    {
        RefuseOrder(request.OrderBy);
        var filter = NameFilter.Parse(request.Filter, "name");
        var found = repositories.List(ResourceNames.Location(request.Parent)).FindAll(repository => filter.Passes(repository.Name));
        var (items, next) = Slice(found, request.PageSize, request.PageToken);
        return Task.FromResult(new ListRepositoriesResponse { Repositories = { items }, NextPageToken = next });
    }

    public override Task<Repository> UpdateRepository(UpdateRepositoryRequest request, ServerCallContext context)
    {
        var name = ResourceNames.Repository(request.Repository?.Name ?? "");
        var changed = Existing(name);
        string[] paths = [.. (request.UpdateMask?.Paths ?? []).Select(FieldMasks.SnakeCase)];
        if (paths.Length == 0)
        {
            throw Rpc.Invalid("update_mask is required: it names the fields to change, such as 'docker_config.immutable_tags'.");
        }

        if (Array.Find(paths, path => !Changeable().IsMatch(path)) is { } fixedPath)
        {
            throw Rpc.Invalid($"update_mask names '{fixedPath}'; what can be changed is description, labels, docker_config, cleanup_policies and cleanup_policy_dry_run.");
        }

        FieldMasks.Apply(paths, request.Repository!, changed);
        return Task.FromResult(repositories.Replace(name, changed));
    }

    public override Task<Operation> DeleteRepository(DeleteRepositoryRequest request, ServerCallContext context)
    {
        var name = ResourceNames.Repository(request.Name);
        Existing(name);
        repositories.Delete(name);
        return Task.FromResult(operations.Done(name.Parent, new OperationMetadata(), new Empty()));
    }

    private Repository Existing(RepositoryName name) => repositories.Find(name) ?? throw Rpc.NotFound($"Repository \"{name}\" not found");

    private static void RefuseOrder(string orderBy)
    {
        if (orderBy.Length > 0)
        {
            throw Rpc.Unimplemented($"The local cloud lists by name, not by '{orderBy}'.");
        }
    }

    private static (IEnumerable<T> Items, string Next) Slice<T>(List<T> all, int size, string token)
    {
        var page = Page.Of(size, token, LargestPage);
        return (all.Skip(page.Skip).Take(page.Size), page.Next(all.Count - page.Skip));
    }

    [GeneratedRegex(@"^([a-z]([a-z0-9-]{0,61}[a-z0-9])?|([a-z]+\.)?gcr\.io)$", RegexOptions.CultureInvariant)]
    private static partial Regex RepositoryId();

    [GeneratedRegex(@"^(description|labels|docker_config|docker_config\.immutable_tags|cleanup_policies|cleanup_policy_dry_run)$", RegexOptions.CultureInvariant)]
    private static partial Regex Changeable();
}

using System.Text.Json;
using Google.Cloud.ArtifactRegistry.V1;
using Google.LongRunning;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using MlOps.LocalCloud.Hosting;
using V1Version = Google.Cloud.ArtifactRegistry.V1.Version;

namespace MlOps.LocalCloud.ArtifactRegistry;

/// <content>Docker images, packages and versions.</content>
internal sealed partial class ArtifactRegistryService
{
    public override Task<ListDockerImagesResponse> ListDockerImages(ListDockerImagesRequest request, ServerCallContext context)
    {
        RefuseOrder(request.OrderBy);
        var repository = ResourceNames.Repository(request.Parent);
        if (Existing(repository).Format != Repository.Types.Format.Docker)
        {
            throw Rpc.Invalid($"{repository} is not of format DOCKER.");
        }

        var (items, next) = Slice(versions.Versions(repository), request.PageSize, request.PageToken);
        return Task.FromResult(new ListDockerImagesResponse { DockerImages = { items.Select(Image) }, NextPageToken = next });
    }

    public override Task<DockerImage> GetDockerImage(GetDockerImageRequest request, ServerCallContext context)
    {
        var (package, id) = ResourceNames.DockerImage(request.Name);
        return Task.FromResult(Image(Existing(package, id)));
    }

    public override Task<ListPackagesResponse> ListPackages(ListPackagesRequest request, ServerCallContext context)
    {
        RefuseOrder(request.OrderBy);
        var repository = ResourceNames.Repository(request.Parent);
        Existing(repository);
        var filter = NameFilter.Parse(request.Filter, "name");
        var found = versions.Packages(repository).FindAll(package => filter.Passes(package.Package.ToString()));
        var (items, next) = Slice(found, request.PageSize, request.PageToken);
        return Task.FromResult(new ListPackagesResponse { Packages = { items.Select(found => Messages.Package(found.Package, found.Created, found.Updated)) }, NextPageToken = next });
    }

    public override Task<Package> GetPackage(GetPackageRequest request, ServerCallContext context)
    {
        var (package, created, updated) = Existing(ResourceNames.Package(request.Name));
        return Task.FromResult(Messages.Package(package, created, updated));
    }

    public override Task<Operation> DeletePackage(DeletePackageRequest request, ServerCallContext context)
    {
        var (package, _, _) = Existing(ResourceNames.Package(request.Name));
        versions.DeletePackage(package);
        return Task.FromResult(operations.Done(package.Repository.Parent, new OperationMetadata(), new Empty()));
    }

    public override Task<ListVersionsResponse> ListVersions(ListVersionsRequest request, ServerCallContext context)
    {
        RefuseOrder(request.OrderBy);
        var package = ResourceNames.Package(request.Parent);
        Existing(package);
        var filter = NameFilter.Parse(request.Filter, "name");
        var found = versions.Versions(package).FindAll(version => filter.Passes($"{package}/versions/{version.Id}"));
        var (items, next) = Slice(found, request.PageSize, request.PageToken);
        return Task.FromResult(new ListVersionsResponse { Versions = { items.Select(version => Version(version, request.View)) }, NextPageToken = next });
    }

    public override Task<V1Version> GetVersion(GetVersionRequest request, ServerCallContext context)
    {
        var (package, id) = ResourceNames.Version(request.Name);
        return Task.FromResult(Version(Existing(package, id), request.View));
    }

    public override Task<V1Version> UpdateVersion(UpdateVersionRequest request, ServerCallContext context)
    {
        var (package, id) = ResourceNames.Version(request.Version?.Name ?? "");
        if (request.UpdateMask is not { Paths: ["annotations"] })
        {
            throw Rpc.Invalid("update_mask must be 'annotations': nothing else of a version can be changed.");
        }

        versions.Annotate(Existing(package, id), JsonSerializer.Serialize(request.Version!.Annotations.ToDictionary()));
        return Task.FromResult(Version(Existing(package, id), VersionView.Full));
    }

    public override Task<Operation> DeleteVersion(DeleteVersionRequest request, ServerCallContext context)
    {
        var (package, id) = ResourceNames.Version(request.Name);
        Delete(package, id, request.Force);
        return Task.FromResult(operations.Done(package.Repository.Parent, new OperationMetadata(), new Empty()));
    }

    /// <summary>As Google's: none of them where one cannot be deleted, tagged ones included.</summary>
    public override Task<Operation> BatchDeleteVersions(BatchDeleteVersionsRequest request, ServerCallContext context)
    {
        var package = ResourceNames.Package(request.Parent);
        var named = request.Names.Select(ResourceNames.Version).ToList();
        if (named.Exists(version => version.Package != package))
        {
            throw Rpc.Invalid($"A version is not of {package}.");
        }

        named.ForEach(version => RefuseTagged(Existing(version.Package, version.Id)));
        foreach (var (_, id) in request.ValidateOnly ? [] : named)
        {
            Delete(package, id, force: false);
        }

        return Task.FromResult(operations.Done(package.Repository.Parent, new BatchDeleteVersionsMetadata(), new Empty()));
    }

    private void Delete(PackageName package, string id, bool force)
    {
        var version = Existing(package, id);
        if (!force)
        {
            RefuseTagged(version);
        }

        Immutable(() => versions.Delete(package, id));
    }

    private void RefuseTagged(StoredVersion version)
    {
        if (versions.TagsOf(version.Package, version.Id) is [var tag, ..])
        {
            throw Rpc.Precondition($"{version.Package}/versions/{version.Id} is tagged '{tag.Tag}': delete the tag first, or say force.");
        }
    }

    private DockerImage Image(StoredVersion version) =>
        Messages.Image(version, versions.TagsOf(version.Package, version.Id), versions.Content(version.Package, version.Id)!);

    private V1Version Version(StoredVersion version, VersionView view) => Messages.Version(
        version,
        view == VersionView.Full ? versions.TagsOf(version.Package, version.Id) : [],
        isImage: Existing(version.Package.Repository).Format == Repository.Types.Format.Docker);

    private StoredVersion Existing(PackageName package, string id)
    {
        Existing(package.Repository);
        return versions.Find(package, id) ?? throw Rpc.NotFound($"Version \"{package}/versions/{id}\" not found");
    }

    private (PackageName Package, long Created, long Updated) Existing(PackageName package)
    {
        Existing(package.Repository);
        var found = versions.Packages(package.Repository).FirstOrDefault(candidate => candidate.Package == package);
        return found.Package is null ? throw Rpc.NotFound($"Package \"{package}\" not found") : found;
    }

    private static void Immutable(Action change)
    {
        try
        {
            change();
        }
        catch (ImmutableTagException refused)
        {
            throw Rpc.Precondition(refused.Message);
        }
    }
}

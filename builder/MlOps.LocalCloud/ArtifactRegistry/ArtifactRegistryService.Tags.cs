using System.Text.RegularExpressions;
using Google.Cloud.ArtifactRegistry.V1;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using MlOps.LocalCloud.Hosting;

namespace MlOps.LocalCloud.ArtifactRegistry;

/// <content>Tags.</content>
internal sealed partial class ArtifactRegistryService
{
    public override Task<ListTagsResponse> ListTags(ListTagsRequest request, ServerCallContext context)
    {
        var package = ResourceNames.Package(request.Parent);
        Existing(package);
        var (field, passes) = NameFilter.Parse(request.Filter, "name", "version");
        var found = versions.Tags(package).ConvertAll(Messages.Tag).FindAll(tag => passes(field == "version" ? tag.Version : tag.Name));
        var (items, next) = Slice(found, request.PageSize, request.PageToken);
        return Task.FromResult(new ListTagsResponse { Tags = { items }, NextPageToken = next });
    }

    public override Task<Tag> GetTag(GetTagRequest request, ServerCallContext context)
    {
        var (package, tag) = ResourceNames.Tag(request.Name);
        return Task.FromResult(Messages.Tag(ExistingTag(package, tag)));
    }

    public override Task<Tag> CreateTag(CreateTagRequest request, ServerCallContext context)
    {
        var package = ResourceNames.Package(request.Parent);
        if (!TagId().IsMatch(request.TagId))
        {
            throw Rpc.Invalid($"tag_id '{request.TagId}' is not valid: expected up to 128 letters, digits, '_', '-' and '.', not '-' or '.' first.");
        }

        var tag = new StoredTag(package, request.TagId, VersionOf(package, request.Tag));
        return versions.Create(tag) ? Task.FromResult(Messages.Tag(tag)) : throw Rpc.Exists($"Tag \"{package}/tags/{tag.Tag}\" already exists");
    }

    public override Task<Tag> UpdateTag(UpdateTagRequest request, ServerCallContext context)
    {
        var (package, id) = ResourceNames.Tag(request.Tag?.Name ?? "");
        ExistingTag(package, id);
        if (request.UpdateMask is { Paths: not ([] or ["version"]) })
        {
            throw Rpc.Invalid("update_mask must be 'version': nothing else of a tag can be changed.");
        }

        var tag = new StoredTag(package, id, VersionOf(package, request.Tag));
        Immutable(() => versions.Move(tag));
        return Task.FromResult(Messages.Tag(tag));
    }

    public override Task<Empty> DeleteTag(DeleteTagRequest request, ServerCallContext context)
    {
        var (package, id) = ResourceNames.Tag(request.Name);
        var tag = ExistingTag(package, id);
        Immutable(() => versions.Delete(tag));
        return Task.FromResult(new Empty());
    }

    /// <summary>The id of the version that a tag is to name. The KFP SDK leaves out the repository where the host is not Google's.</summary>
    private string VersionOf(PackageName package, Tag? tag)
    {
        var name = tag?.Version ?? "";
        var (owner, id) = ResourceNames.Version(name.StartsWith("packages/", StringComparison.Ordinal) ? $"{package.Repository}/{name}" : name);
        return owner == package ? Existing(package, id).Id : throw Rpc.Invalid($"{name} is not a version of {package}.");
    }

    private StoredTag ExistingTag(PackageName package, string tag)
    {
        Existing(package.Repository);
        return versions.FindTag(package, tag) ?? throw Rpc.NotFound($"Tag \"{package}/tags/{tag}\" not found");
    }

    [GeneratedRegex(@"^[a-zA-Z0-9_][a-zA-Z0-9._-]{0,127}$", RegexOptions.CultureInvariant)]
    internal static partial Regex TagId();
}

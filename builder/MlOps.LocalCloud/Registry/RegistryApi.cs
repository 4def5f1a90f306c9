using System.Text.RegularExpressions;
using Google.Cloud.ArtifactRegistry.V1;
using Microsoft.AspNetCore.Http;
using MlOps.Core.Problems;
using MlOps.LocalCloud.ArtifactRegistry;

namespace MlOps.LocalCloud.Registry;

/// <summary>
/// The OCI distribution API, <c>/v2/</c>: who answers what. Blobs go to the distribution's registry; manifests are checked and
/// kept there too, and recorded here, where tags, lists and referrers live.
/// </summary>
internal sealed partial class RegistryApi(RepositoryStore repositories, ManifestCalls manifests, ListCalls lists, BlobProxy blobs)
{
    public async Task AnswerAsync(HttpContext context)
    {
        context.Response.Headers["Docker-Distribution-Api-Version"] = "registry/2.0";
        try
        {
            await DispatchAsync(context, context.Request.Path.Value!["/v2".Length..].TrimStart('/'));
        }
        catch (RegistryFault fault)
        {
            await fault.WriteAsync(context);
        }
        catch (MachineLacksException lacking)
        {
            await new RegistryFault(503, "UNAVAILABLE", lacking.Message).WriteAsync(context);
        }
    }

    private Task DispatchAsync(HttpContext context, string path)
    {
        if (path.Length == 0)
        {
            return context.Response.WriteAsync("{}", context.RequestAborted);
        }

        if (path == "_catalog")
        {
            return lists.CatalogAsync(context);
        }

        var match = Grammar().Match(path);
        if (!match.Success)
        {
            throw new RegistryFault(404, "UNSUPPORTED", $"The registry has no {context.Request.Method} {context.Request.Path}.");
        }

        var package = Package(match.Groups["name"].Value, context.Request.Method);
        var what = match.Groups["what"].Value;
        return (context.Request.Method, match.Groups["kind"].Value) switch
        {
            ("GET" or "HEAD", "manifests") => manifests.GetAsync(context, package, what),
            ("PUT", "manifests") => manifests.PutAsync(context, package, what),
            ("DELETE", "manifests") => manifests.DeleteAsync(context, package, what),
            ("GET", "tags") when what == "list" => lists.TagsAsync(context, package),
            ("GET", "referrers") => lists.ReferrersAsync(context, package, what),
            (_, "blobs") => blobs.HandOnAsync(context),
            var (method, kind) => throw new RegistryFault(405, "UNSUPPORTED", $"The registry has no {method} of {kind}."),
        };
    }

    /// <summary>The image's package; its repository is made by a first push, unless the cloud is strict.</summary>
    private PackageName Package(string name, string method)
    {
        if (!Name().IsMatch(name))
        {
            throw new RegistryFault(400, "NAME_INVALID", $"'{name}' is not a repository's name: expected lower-case letters, digits and single '.', '_', '-' in parts that '/' separates.");
        }

        var package = RegistryPath.Parse(name) ?? throw RegistryFault.Name(name);
        var writes = method is "POST" or "PUT" or "PATCH";
        var repository = writes ? repositories.ForWriting(package.Repository, Repository.Types.Format.Docker) : repositories.Find(package.Repository);
        return repository switch
        {
            null => throw new RegistryFault(404, "NAME_UNKNOWN", $"Repository \"{package.Repository}\" not found"),
            { Format: not Repository.Types.Format.Docker } => throw new RegistryFault(400, "UNSUPPORTED", $"Repository \"{package.Repository}\" is not of format DOCKER."),
            _ => package,
        };
    }

    [GeneratedRegex("^(?<name>.+)/(?<kind>manifests|tags|referrers|blobs)/(?<what>.*)$", RegexOptions.CultureInvariant)]
    private static partial Regex Grammar();

    [GeneratedRegex(@"^[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*(?:/[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*)*$", RegexOptions.CultureInvariant)]
    private static partial Regex Name();
}

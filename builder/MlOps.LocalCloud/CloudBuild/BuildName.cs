using System.Diagnostics.CodeAnalysis;
using MlOps.LocalCloud.Hosting;

namespace MlOps.LocalCloud.CloudBuild;

/// <summary>A queue of builds: <c>projects/P/locations/L</c>.</summary>
internal sealed record BuildParent(string Project, string Location)
{
    /// <summary>Where builds live that name no location.</summary>
    public const string Global = "global";

    /// <exception cref="Grpc.Core.RpcException">INVALID_ARGUMENT: neither a parent nor a project was given, or the parent is none.</exception>
    public static BuildParent Of(string parent, string project) => (parent, project) switch
    {
        ("", "") => throw Rpc.Invalid("Neither parent (projects/PROJECT/locations/LOCATION) nor project_id is given."),
        ("", _) when !project.Contains('/', StringComparison.Ordinal) => new(project, Global),
        _ => TryParse(parent, out var parsed) ? parsed : throw Rpc.Invalid($"The parent '{(parent.Length > 0 ? parent : project)}' must be projects/PROJECT/locations/LOCATION."),
    };

    public static bool TryParse(string text, [NotNullWhen(true)] out BuildParent? parent)
    {
        parent = text.Split('/') switch
        {
            ["projects", { Length: > 0 } project, "locations", { Length: > 0 } location] => new(project, location),
            ["projects", { Length: > 0 } project] => new(project, Global),
            _ => null,
        };
        return parent is not null;
    }

    public override string ToString() => $"projects/{Project}/locations/{Location}";
}

/// <summary><c>projects/P/locations/L/builds/ID</c>.</summary>
internal sealed record BuildName(BuildParent Parent, string Id)
{
    /// <summary>From a request, which names a build by one of two ways.</summary>
    /// <param name="name"><c>projects/P/builds/ID</c> or <c>projects/P/locations/L/builds/ID</c>; may be empty.</param>
    /// <exception cref="Grpc.Core.RpcException">INVALID_ARGUMENT: it names none.</exception>
    public static BuildName Of(string name, string project, string id)
    {
        if (name.Length == 0)
        {
            return id.Length > 0 ? new(BuildParent.Of("", project), id) : throw Rpc.Invalid("Neither name (projects/PROJECT/locations/LOCATION/builds/ID) nor project_id and id are given.");
        }

        var end = name.LastIndexOf("/builds/", StringComparison.Ordinal);
        return end > 0 && BuildParent.TryParse(name[..end], out var parent) && name[(end + "/builds/".Length)..] is { Length: > 0 } last && !last.Contains('/', StringComparison.Ordinal)
            ? new(parent, last)
            : throw Rpc.Invalid($"The name '{name}' must be projects/PROJECT/locations/LOCATION/builds/ID.");
    }

    public override string ToString() => $"{Parent}/builds/{Id}";
}

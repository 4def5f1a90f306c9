using System.Net;
using Docker.DotNet;
using Docker.DotNet.Models;
using MlOps.Containers;
using MlOps.Core.Problems;
using MlOps.LocalCloud.CloudBuild.Running;
using MlOps.LocalCloud.CloudBuild.Tables;
using MlOps.LocalCloud.Hosting;
using MlOps.LocalCloud.Vertex.Pipelines.Executing;
using Status = Google.Cloud.CloudBuild.V1.Build.Types.Status;

namespace MlOps.LocalCloud.Metadata;

/// <summary>As whom somebody asks the metadata server: a build's step and a pipeline's task belong to a project, everybody else to <c>local</c>.</summary>
internal sealed record MetadataCaller(string Project, string Location, string ServiceAccount)
{
    public const string DefaultProject = "local";

    public static MetadataCaller Of(string project, string location = "us-central1", string? serviceAccount = null) => new(
        project,
        location == "global" ? "us-central1" : location,
        serviceAccount is { Length: > 0 } ? serviceAccount.Split('/')[^1] : $"{ProjectNumber.Of(project)}@cloudbuild.gserviceaccount.com");
}

/// <summary>
/// Finds a caller by its address, as Google's server knows a machine by the wire: the protocol has no place for a name. The
/// engine tells whose address it is, and the container's labels of which build or task it is.
/// </summary>
internal sealed class MetadataCallers(BuildTable builds, Func<CancellationToken, Task<ContainerEngine>> connectAsync)
{
    public async Task<MetadataCaller> FindAsync(IPAddress? address, CancellationToken cancel)
    {
        if (address is null || IPAddress.IsLoopback(address))
        {
            return MetadataCaller.Of(MetadataCaller.DefaultProject);
        }

        var labels = await LabelsAsync(address, cancel);
        if (labels.TryGetValue(BuildPlace.BuildLabel, out var id) && builds.Of(Status.Working).Find(build => build.Id == id) is { } found)
        {
            return MetadataCaller.Of(found.ProjectId, found.Name.Split('/') is [_, _, "locations", var location, ..] ? location : "global", found.ServiceAccount);
        }

        return MetadataCaller.Of(labels.TryGetValue(TaskLabels.Job, out var job) && job.Split('/') is ["projects", var project, ..] ? project : MetadataCaller.DefaultProject);
    }

    private async Task<IDictionary<string, string>> LabelsAsync(IPAddress address, CancellationToken cancel)
    {
        try
        {
            await using var engine = await connectAsync(cancel);
            var running = await engine.Client.Containers.ListContainersAsync(new ContainersListParameters(), cancel);
            var found = running.FirstOrDefault(container => container.NetworkSettings?.Networks?.Values.Any(network => network.IPAddress == address.ToString()) ?? false);
            return found?.Labels ?? new Dictionary<string, string>();
        }
        catch (Exception gone) when (gone is DockerApiException or MachineLacksException)
        {
            return new Dictionary<string, string>();
        }
    }
}

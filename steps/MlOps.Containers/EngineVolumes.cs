using System.Collections.Immutable;
using Docker.DotNet;
using Docker.DotNet.Models;

namespace MlOps.Containers;

/// <summary>Named volumes: the way to share files with containers where the engine does not see the caller's paths.</summary>
public sealed class EngineVolumes
{
    private readonly DockerClient _client;

    internal EngineVolumes(DockerClient client) => _client = client;

    /// <summary>Creates it; one that is there already is left as it is.</summary>
    public Task CreateAsync(string name, ImmutableDictionary<string, string> labels, CancellationToken cancel) =>
        _client.Volumes.CreateAsync(new VolumesCreateParameters { Name = name, Labels = labels }, cancel);

    /// <summary>Removes it; one that is not there is as good as removed.</summary>
    public async Task RemoveAsync(string name, CancellationToken cancel)
    {
        try
        {
            await _client.Volumes.RemoveAsync(name, force: true, cancel);
        }
        catch (DockerApiException error) when (error.StatusCode == System.Net.HttpStatusCode.NotFound)
        {
        }
    }

    public async Task RemoveLabelledAsync(string label, string value, CancellationToken cancel)
    {
        var found = await _client.Volumes.ListAsync(new VolumesListParameters { Filters = Labels.Filter(label, value) }, cancel);
        foreach (var volume in found.Volumes ?? [])
        {
            await RemoveAsync(volume.Name, cancel);
        }
    }
}

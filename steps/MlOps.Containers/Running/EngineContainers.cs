using System.Net;
using Docker.DotNet;
using Docker.DotNet.Models;
using MlOps.Containers.Archives;
using MlOps.Core.Problems;

namespace MlOps.Containers.Running;

/// <summary>Containers, one call of the engine's API each; <see cref="ContainerRun"/> puts them together.</summary>
public sealed class EngineContainers
{
    private const int Killed = 137;
    private readonly DockerClient _client;
    private readonly HttpClient _http;

    internal EngineContainers(DockerClient client, HttpClient http) => (_client, _http) = (client, http);

    /// <returns>The container's id.</returns>
    /// <exception cref="StepFailedException">The engine refuses, for one because it does not have the image.</exception>
    public async Task<string> CreateAsync(ContainerSpec spec, CancellationToken cancel)
    {
        try
        {
            return (await _client.Containers.CreateContainerAsync(spec.ToParameters(), cancel)).ID;
        }
        catch (DockerApiException error)
        {
            throw new StepFailedException($"Cannot make a container of {spec.Image}: {EngineMessage.Of(error)}", inner: error);
        }
    }

    /// <exception cref="StepFailedException">The engine cannot start it, for one because its command is not in the image.</exception>
    public async Task StartAsync(string id, CancellationToken cancel)
    {
        try
        {
            await _client.Containers.StartContainerAsync(id, new ContainerStartParameters(), cancel);
        }
        catch (DockerApiException error)
        {
            throw new StepFailedException($"Cannot start the container: {EngineMessage.Of(error)}", inner: error);
        }
    }

    /// <summary>Everything that the container prints, from its start to its end, whenever this is called.</summary>
    public async Task FollowAsync(string id, Action<LogLine> onLine, CancellationToken cancel)
    {
        var parameters = new ContainerLogsParameters { ShowStdout = true, ShowStderr = true, Follow = true };
        using var stream = await _client.Containers.GetContainerLogsAsync(id, parameters, cancel);
        await LineReader.ReadAsync(stream, onLine, cancel);
    }

    /// <summary>Attaches to a container that is not started yet, so that nothing of what it will print is missed.</summary>
    /// <exception cref="StepFailedException">The engine refuses.</exception>
    public Task<AttachedOutput> AttachAsync(string id, CancellationToken cancel) => AttachedOutput.OpenAsync(_http, id, cancel);

    /// <summary>Waits for the end of a container that has been started.</summary>
    public async Task<ContainerExit> WaitAsync(string id, CancellationToken cancel)
    {
        var answer = await _client.Containers.WaitContainerAsync(id, cancel);

        // Only a killed process can have been killed for its memory: no second call for the others.
        var outOfMemory = answer.StatusCode == Killed && (await _client.Containers.InspectContainerAsync(id, cancel)).State is { OOMKilled: true };
        return new ContainerExit(answer.StatusCode, outOfMemory);
    }

    /// <summary>Null when there is no such container.</summary>
    public async Task<ContainerInspectResponse?> InspectAsync(string id, CancellationToken cancel)
    {
        try
        {
            return await _client.Containers.InspectContainerAsync(id, cancel);
        }
        catch (DockerApiException error) when (error.StatusCode == HttpStatusCode.NotFound)
        {
            return null;
        }
    }

    /// <summary>SIGTERM, then SIGKILL once the grace period is over.</summary>
    public Task StopAsync(string id, TimeSpan grace, CancellationToken cancel) =>
        IgnoringEndedAsync(_client.Containers.StopContainerAsync(id, new ContainerStopParameters { WaitBeforeKillSeconds = (uint)grace.TotalSeconds }, cancel));

    /// <summary>SIGKILL, at once.</summary>
    public Task KillAsync(string id, CancellationToken cancel) =>
        IgnoringEndedAsync(_client.Containers.KillContainerAsync(id, new ContainerKillParameters { Signal = "SIGKILL" }, cancel));

    /// <summary>Removes it with its unnamed volumes, running or not; one that is not there is as good as removed.</summary>
    public Task RemoveAsync(string id, CancellationToken cancel) =>
        IgnoringEndedAsync(_client.Containers.RemoveContainerAsync(id, new ContainerRemoveParameters { Force = true, RemoveVolumes = true }, cancel));

    /// <summary>Containers with the label, running or not; a null value: any.</summary>
    public async Task<IList<ContainerListResponse>> ListAsync(string label, string? value, CancellationToken cancel) =>
        await _client.Containers.ListContainersAsync(new ContainersListParameters { All = true, Filters = Labels.Filter(label, value) }, cancel);

    public async Task RemoveLabelledAsync(string label, string value, CancellationToken cancel)
    {
        var found = await ListAsync(label, value, cancel);
        await Task.WhenAll(found.Select(container => RemoveAsync(container.ID, cancel)));
    }

    /// <summary>Copies a file or a folder of the caller's into a container, to exactly that path; parents are made.</summary>
    public Task CopyInAsync(string id, string source, string target, FileOwner owner, CancellationToken cancel) => CopyInAsync(id, [new CopyIn(source, target, owner)], cancel);

    /// <summary>Copies files and folders of the caller's into a container, started or not, in one call.</summary>
    public async Task CopyInAsync(string id, IReadOnlyList<CopyIn> files, CancellationToken cancel) =>
        await TarStream.SendAsync(
            tar => TarWriting.WriteAsync(tar, files, cancel),
            body => _client.Containers.ExtractArchiveToContainerAsync(id, new CopyToContainerParameters { Path = "/" }, body, cancel));

    /// <summary>Whether there is anything at a path of a container; cheaper than copying it out to see.</summary>
    public async Task<bool> HasAsync(string id, string path, CancellationToken cancel)
    {
        try
        {
            await _client.Containers.GetArchiveFromContainerAsync(id, new ContainerPathStatParameters { Path = path }, statOnly: true, cancel);
            return true;
        }
        catch (DockerApiException error) when (error.StatusCode == HttpStatusCode.NotFound)
        {
            return false;
        }
    }

    /// <summary>Copies a file or a folder out of a container to exactly that path of the caller's; parents are made.</summary>
    /// <returns>False when there is nothing at that path.</returns>
    public async Task<bool> CopyOutAsync(string id, string source, string target, CancellationToken cancel)
    {
        try
        {
            var answer = await _client.Containers.GetArchiveFromContainerAsync(id, new ContainerPathStatParameters { Path = source }, statOnly: false, cancel);
            await using var body = answer.Stream ?? throw new InvalidDataException($"The engine answered no archive of {source}.");
            await TarReading.ExtractAsync(body, target, cancel);
            return true;
        }
        catch (DockerApiException error) when (error.StatusCode == HttpStatusCode.NotFound)
        {
            return false;
        }
    }

    private static async Task IgnoringEndedAsync(Task call)
    {
        try
        {
            await call;
        }
        catch (DockerApiException error) when (error.StatusCode is HttpStatusCode.NotFound or HttpStatusCode.Conflict or HttpStatusCode.NotModified)
        {
            // It ended, or is being removed, already.
        }
    }
}

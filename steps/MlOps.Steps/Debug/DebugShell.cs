using MlOps.Containers;
using MlOps.Core.Images;
using MlOps.Google;
using MlOps.Steps.Build;

namespace MlOps.Steps.Debug;

/// <summary>The container in which somebody looks around in place of a task.</summary>
public static class DebugShell
{
    /// <summary>The label that the local cloud's containers have, with the name of the job that they are of.</summary>
    private const string JobLabel = "mlops.pipeline.job";
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(200);

    /// <summary>What runs in the container: waits until the task's command is there, then starts the best shell that there is.</summary>
    public static IReadOnlyList<string> Command { get; } =
        ["sh", "-c", $"until [ -x {WaitingCommand.Script} ]; do sleep 1; done; if command -v bash >/dev/null; then exec bash; else exec sh; fi"];

    /// <summary>Ends the container, as if its task were done.</summary>
    public static IReadOnlyList<string> End { get; } = ["sh", "-c", $": > {WaitingCommand.Done}"];

    /// <summary>The words that an image starts with where a task has no command of its own.</summary>
    public static async Task<IReadOnlyList<string>> EntrypointAsync(ContainerEngine engine, GcpEndpoint machine, string image, CancellationToken cancel)
    {
        var name = ImageReference.TryParse(image, out var reference) ? EngineName.Of(machine, reference) : null;
        var found = await engine.Images.InspectAsync(name?.ToString() ?? image, cancel);
        if (found is null && name is not null)
        {
            await engine.Images.PullAsync(name, null, null, cancel);
            found = await engine.Images.InspectAsync(name.ToString(), cancel);
        }

        return [.. found?.Config?.Entrypoint ?? []];
    }

    /// <summary>The running container of a job; null where the job ended before it had one.</summary>
    /// <param name="ended">Ends when the job does.</param>
    public static async Task<string?> ContainerAsync(ContainerEngine engine, string job, Task ended, TimeProvider time, CancellationToken cancel)
    {
        while (!ended.IsCompleted)
        {
            if ((await engine.Containers.ListAsync(JobLabel, job, cancel)).FirstOrDefault(container => container.State == "running") is { } container)
            {
                return container.ID;
            }

            await Task.WhenAny(ended, Task.Delay(Pause, time, cancel));
            cancel.ThrowIfCancellationRequested();
        }

        return null;
    }
}

using System.Collections.Immutable;
using System.Runtime.InteropServices;

namespace MlOps.Containers.Running;

/// <summary>A container from its making to its removal: files in, started, its lines told, waited for, files out.</summary>
public sealed record ContainerRun(ContainerSpec Spec)
{
    /// <summary>The caller's files and folders that are copied in before it starts.</summary>
    public ImmutableArray<CopyIn> In { get; init; } = [];

    /// <summary>What is copied out after it has ended, however it ended.</summary>
    public ImmutableArray<CopyOut> Out { get; init; } = [];

    /// <summary>Told every line that it prints.</summary>
    public Action<LogLine>? OnLine { get; init; }

    /// <summary>Runs it to its end. Cancelling kills it; it is removed in any case.</summary>
    /// <exception cref="Core.Problems.StepFailedException">It could not be made or started.</exception>
    public async Task<ContainerExit> RunAsync(ContainerEngine engine, CancellationToken cancel)
    {
        var containers = engine.Containers;
        var id = await containers.CreateAsync(Spec, cancel);
        try
        {
            foreach (var file in In)
            {
                await containers.CopyInAsync(id, file.Source, file.Target, file.Owner, cancel);
            }

            await containers.StartAsync(id, cancel);
            var lines = OnLine is null ? Task.CompletedTask : containers.FollowAsync(id, OnLine, cancel);
            var exit = await containers.WaitAsync(id, cancel);
            await lines;
            foreach (var file in Out)
            {
                await containers.CopyOutAsync(id, file.Source, file.Target, cancel);
            }

            return exit;
        }
        finally
        {
            await containers.RemoveAsync(id, CancellationToken.None);
        }
    }
}

/// <param name="Source">A file or folder of the caller's.</param>
/// <param name="Target">Its absolute path in the container.</param>
/// <param name="Owner">Whose the copies are in the container; root's by default.</param>
public sealed record CopyIn(string Source, string Target, FileOwner Owner = default);

/// <param name="Source">An absolute path in the container.</param>
/// <param name="Target">The path at which the caller gets it.</param>
public sealed record CopyOut(string Source, string Target);

/// <summary>A user and a group by number.</summary>
[StructLayout(LayoutKind.Auto)]
public readonly record struct FileOwner(int User, int Group);

using MlOps.Core.Problems;

namespace MlOps.LocalCloud.Hosting;

/// <summary>
/// Who may use a state folder: an exclusive lock on its file <c>.owner</c>. The kernel drops it when the process ends,
/// however it ends, so a dead owner never blocks. (Apart from <c>cloud.lock</c>, which others must be able to read.)
/// </summary>
internal sealed class StateLock : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(20);
    private readonly FileStream _file;

    private StateLock(FileStream file) => _file = file;

    /// <summary>Takes the folder, waiting for an owner that is just starting or ending.</summary>
    /// <exception cref="LocalCloudOwnedException">Another owner runs.</exception>
    public static async Task<StateLock> TakeAsync(string stateFolder, TimeProvider time, CancellationToken cancel)
    {
        CreateFolder(stateFolder);
        for (var start = time.GetTimestamp(); ;)
        {
            if (TryOpen(OwnerFile(stateFolder), FileAccess.ReadWrite, FileShare.None) is { } file)
            {
                return new StateLock(file);
            }

            if (LocalCloudOwner.Find(stateFolder) is { } owner)
            {
                throw new LocalCloudOwnedException(stateFolder, owner);
            }

            if (time.GetElapsedTime(start) > Patience)
            {
                throw new MachineLacksException(
                    $"The local cloud's state {stateFolder} is locked by a process that does not say where it listens.", "End it, or give this one another MLOPS_HOME.");
            }

            await Task.Delay(Pause, time, cancel);
        }
    }

    public static bool IsHeld(string stateFolder)
    {
        if (!File.Exists(OwnerFile(stateFolder)))
        {
            return false;
        }

        using var file = TryOpen(OwnerFile(stateFolder), FileAccess.Read, FileShare.Read);
        return file is null;
    }

    public void Dispose() => _file.Dispose();

    /// <summary>Opens with an advisory lock: exclusive for <see cref="FileShare.None"/>, else shared; null where another holds it.</summary>
    internal static FileStream? TryOpen(string path, FileAccess access, FileShare share)
    {
        try
        {
            return new FileStream(path, FileMode.OpenOrCreate, access, share, bufferSize: 0);
        }
        catch (IOException e) when (e is not (FileNotFoundException or DirectoryNotFoundException or PathTooLongException))
        {
            return null;
        }
    }

    private static string OwnerFile(string stateFolder) => Path.Combine(stateFolder, ".owner");

    private static void CreateFolder(string stateFolder)
    {
        try
        {
            Directory.CreateDirectory(stateFolder);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new MachineLacksException($"The local cloud cannot keep its state in {stateFolder}: {e.Message}", "Set MLOPS_HOME to a folder that can be written.", e);
        }
    }
}

/// <summary>A local cloud already runs on the state folder: join it at <see cref="Owner"/>'s addresses.</summary>
public sealed class LocalCloudOwnedException(string stateFolder, LocalCloudOwner owner)
    : Exception($"A local cloud (process {owner.Pid}) already runs on {stateFolder}: {owner.Http} and gRPC {owner.Grpc}.")
{
    public LocalCloudOwner Owner { get; } = owner;
}

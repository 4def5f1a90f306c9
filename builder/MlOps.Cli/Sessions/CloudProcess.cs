using System.Diagnostics;
using System.Runtime.InteropServices;
using MlOps.Core.Problems;
using MlOps.LocalCloud.Hosting;

namespace MlOps.Cli.Sessions;

/// <summary>The local cloud as a process that outlives the verb.</summary>
internal static partial class CloudProcess
{
    private const int SigTerm = 15;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50);

    // Not the process's own path: that is `dotnet` where somebody runs mlops.dll.
    private static string Program => Path.Combine(AppContext.BaseDirectory, "mlops");

    /// <param name="options">Of <c>cloud up --foreground</c>.</param>
    public static async Task<LocalCloudOwner> StartAsync(string state, IEnumerable<string> options, TimeProvider time, CancellationToken cancel)
    {
        Directory.CreateDirectory(state);
        var log = Path.Combine(state, "cloud.log");
        // The shell lets go of it: own session, own output, no terminal.
        var start = new ProcessStartInfo("sh", ["-c", "log=$1; shift; exec setsid \"$0\" cloud up --foreground \"$@\" >\"$log\" 2>&1 </dev/null &", Program, log, .. options]);
        using (var shell = Process.Start(start)!)
        {
            await shell.WaitForExitAsync(cancel);
        }

        return await UntilAsync(() => LocalCloudOwner.Find(state), time, cancel)
            ?? throw new StepFailedException($"The local cloud did not start within {Patience.TotalSeconds:0} s; its log is {log}.", File.Exists(log) ? File.ReadLines(log).TakeLast(20) : []);
    }

    public static async Task StopAsync(string state, LocalCloudOwner owner, TimeProvider time, CancellationToken cancel)
    {
        _ = Kill(owner.Pid, SigTerm);
        _ = await UntilAsync(() => LocalCloudOwner.IsHeld(state) ? null : owner, time, cancel)
            ?? throw new StepFailedException($"The local cloud (pid {owner.Pid}) did not end within {Patience.TotalSeconds:0} s.");
    }

    private static async Task<LocalCloudOwner?> UntilAsync(Func<LocalCloudOwner?> look, TimeProvider time, CancellationToken cancel)
    {
        var start = time.GetTimestamp();
        while (time.GetElapsedTime(start) < Patience)
        {
            if (look() is { } found)
            {
                return found;
            }

            await Task.Delay(Pause, time, cancel);
        }

        return null;
    }

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int Kill(int pid, int signal);
}

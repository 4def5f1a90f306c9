using System.Diagnostics;
using System.Runtime.CompilerServices;
using MlOps.LocalCloud.Hosting;

namespace MlOps.LocalCloud.Tests.Hosting;

/// <summary>A cloud in a process of its own, to be killed: this test program started again, with a state folder in its environment.</summary>
internal sealed class ChildCloud : IDisposable
{
    private const string Variable = "MLOPS_TEST_CLOUD";
    private readonly Process _process;

    private ChildCloud(Process process, LocalCloudOwner owner) => (_process, Owner) = (process, owner);

    public LocalCloudOwner Owner { get; }

    public static async Task<ChildCloud> StartAsync(string stateFolder, CancellationToken cancel)
    {
        var start = new ProcessStartInfo(Environment.ProcessPath!) { RedirectStandardInput = true, RedirectStandardOutput = true, UseShellExecute = false };
        if (Path.GetFileNameWithoutExtension(start.FileName) == "dotnet")
        {
            start.ArgumentList.Add(typeof(ChildCloud).Assembly.Location);
        }

        start.Environment[Variable] = stateFolder;
        var process = Process.Start(start)!;
        Assert.Equal("ready", await process.StandardOutput.ReadLineAsync(cancel));
        return new ChildCloud(process, LocalCloudOwner.Find(stateFolder)!);
    }

    /// <summary>SIGKILL: nothing of the process runs any more.</summary>
    public async Task KillAsync(CancellationToken cancel)
    {
        _process.Kill();
        await _process.WaitForExitAsync(cancel);
    }

    public void Dispose()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
        }

        _process.Dispose();
    }

#pragma warning disable CA2255 // Runs instead of the tests, in the child only.
    [ModuleInitializer]
#pragma warning restore CA2255
    internal static void Serve()
    {
        if (Environment.GetEnvironmentVariable(Variable) is { } stateFolder)
        {
            var host = CloudHost.StartAsync(new LocalCloudOptions(stateFolder), CancellationToken.None).GetAwaiter().GetResult();
            Console.WriteLine("ready");
            Console.In.ReadLine();
            host.DisposeAsync().AsTask().GetAwaiter().GetResult();
            Process.GetCurrentProcess().Kill();
        }
    }
}

using System.CommandLine;
using System.Runtime.InteropServices;
using MlOps.Cli.Output;
using MlOps.Cli.Verbs;

namespace MlOps.Cli;

internal static class Program
{
    private static async Task<int> Main(string[] args)
    {
        using var interrupt = new CancellationTokenSource();
        // The first signal cancels and what was started in the cloud is cancelled with it; a second one ends the process at once.
        void Stop(PosixSignalContext signal)
        {
            signal.Cancel = !interrupt.IsCancellationRequested;
            interrupt.Cancel();
        }

        using var sigint = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
        using var sigterm = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
        var parsed = Root().Parse(args);
        if (!UsageReport.IsRight(parsed))
        {
            return UsageReport.Write(parsed, Console.Error);
        }

        return await parsed.InvokeAsync(new InvocationConfiguration { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = null }, interrupt.Token);
    }

    internal static RootCommand Root()
    {
        var root = new RootCommand("CI/CD for machine-learning pipelines on Google Cloud, and the part of Google Cloud that it needs, on one machine.");
        CommonOptions.AddTo(root);
        foreach (var verb in Verb.All())
        {
            root.Subcommands.Add(verb);
        }

        return root;
    }
}

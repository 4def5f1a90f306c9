using BenchmarkDotNet.Running;
using MlOps.Bench;

// Whole processes first: that is what users feel. `--only TEXT` runs the rows with that in their name, `--in-process` the
// compiler's benchmark alone, `--copies` the rows of images copied from registry to registry alone.
if (args.Contains("--in-process"))
{
    BenchmarkRunner.Run<CompileBenchmark>();
    return;
}

var only = Array.IndexOf(args, "--only") is >= 0 and var at && at + 1 < args.Length ? args[at + 1] : "";
await WholeProcess.RunAsync(Console.Out, only, args.Contains("--copies"), CancellationToken.None);

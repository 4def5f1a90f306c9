using BenchmarkDotNet.Running;
using MlOps.Bench;

// Whole processes first: that is what users feel. `--in-process` runs the compiler's benchmark alone.
if (args.Contains("--in-process"))
{
    BenchmarkRunner.Run<CompileBenchmark>();
    return;
}

await WholeProcess.RunAsync(Console.Out, CancellationToken.None);

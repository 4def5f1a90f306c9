using System.Globalization;
using System.Text;
using BenchmarkDotNet.Attributes;
using MlOps.Core.Problems;
using MlOps.Pipelines;
using MlOps.Testing;

namespace MlOps.Bench;

/// <summary>A chain of tasks, compiled in process.</summary>
[MemoryDiagnoser]
public class CompileBenchmark
{
    private readonly TemporaryFolder _folder = new();
    private string _definition = "";

    [Params(10, 200)]
    public int Tasks { get; set; }

    [GlobalSetup]
    public void Write()
    {
        _folder.Write("components/hello/component.yaml", SampleRepo.ComponentYaml);
        _definition = _folder.Write("pipelines/chain.yaml", Chains.Definition(Tasks));
    }

    [Benchmark]
    public int Compile() => PipelineCompiler.Compile(_definition, new CompileOptions { AllowTags = true }, new List<Problem>())!.Bytes.Length;
}

/// <summary>Pipelines in which each task takes what the one before gives.</summary>
internal static class Chains
{
    public static string Definition(int tasks)
    {
        var text = new StringBuilder("name: chain\ntasks:\n");
        for (var i = 0; i < tasks; i++)
        {
            var who = i == 0 ? "world" : $"${{{{ tasks.t{i - 1}.outputs.greeting }}}}";
            text.Append(CultureInfo.InvariantCulture, $"  t{i}:\n    component: hello\n    caching: false\n    with: {{who: \"{who}\"}}\n");
        }

        return text.ToString();
    }
}

using System.Globalization;
using System.Text.RegularExpressions;

namespace MlOps.Pipelines.Definitions;

/// <summary>Amounts of processors and memory in Kubernetes' notation, and as the IR's numbers (kfp/compiler/compiler_utils.py).</summary>
internal static partial class ResourceAmount
{
    private const double Giga = 1e9;

    private static readonly (string Unit, double Bytes)[] Units =
    [
        ("Ei", Math.Pow(2, 60)), ("Pi", Math.Pow(2, 50)), ("Ti", Math.Pow(2, 40)), ("Gi", Math.Pow(2, 30)), ("Mi", Math.Pow(2, 20)), ("Ki", Math.Pow(2, 10)),
        ("E", 1e18), ("P", 1e15), ("T", 1e12), ("G", 1e9), ("M", 1e6), ("K", 1e3),
    ];

    public static bool IsCpu(string text) => Cpu().IsMatch(text);

    public static bool IsMemory(string text) => Memory().IsMatch(text);

    /// <summary>Processors.</summary>
    public static double Processors(string cpu) => cpu.EndsWith('m') ? Number(cpu[..^1]) / 1000 : Number(cpu);

    /// <summary>Memory in 10^9 bytes.</summary>
    public static double Gigabytes(string memory)
    {
        foreach (var (unit, bytes) in Units)
        {
            if (memory.EndsWith(unit, StringComparison.Ordinal))
            {
                var count = Number(memory[..^unit.Length]);
                return unit == "G" ? count : count * bytes / Giga;
            }
        }

        return Number(memory) / Giga;
    }

    private static double Number(string text) => double.Parse(text, CultureInfo.InvariantCulture);

    [GeneratedRegex(@"^([0-9]*[.])?[0-9]+m?\z", RegexOptions.CultureInvariant)]
    private static partial Regex Cpu();

    [GeneratedRegex(@"^[0-9]+(E|Ei|P|Pi|T|Ti|G|Gi|M|Mi|K|Ki)?\z", RegexOptions.CultureInvariant)]
    private static partial Regex Memory();
}

using System.Globalization;

namespace MlOps.Pipelines.Definitions;

/// <summary>Amounts of processors and memory in Kubernetes' notation, and as the IR's numbers (kfp/compiler/compiler_utils.py).</summary>
internal static class ResourceAmount
{
    private const double Giga = 1e9;

    private static readonly Unit[] Units =
    [
        new("Ei", Math.Pow(2, 60)), new("Pi", Math.Pow(2, 50)), new("Ti", Math.Pow(2, 40)), new("Gi", Math.Pow(2, 30)), new("Mi", Math.Pow(2, 20)), new("Ki", Math.Pow(2, 10)),
        new("E", 1e18), new("P", 1e15), new("T", 1e12), new("G", 1e9), new("M", 1e6), new("K", 1e3),
    ];

    /// <summary><c>^([0-9]*[.])?[0-9]+m?$</c></summary>
    public static bool IsCpu(string text)
    {
        var number = text.EndsWith('m') ? text[..^1] : text;
        var point = number.IndexOf('.', StringComparison.Ordinal);
        return number.Length > point + 1 && number[(point + 1)..].All(char.IsAsciiDigit) && number.Take(Math.Max(point, 0)).All(char.IsAsciiDigit);
    }

    /// <summary><c>^[0-9]+(E|Ei|P|Pi|T|Ti|G|Gi|M|Mi|K|Ki)?$</c></summary>
    public static bool IsMemory(string text)
    {
        var unit = Array.Find(Units, one => text.EndsWith(one.Name, StringComparison.Ordinal));
        var number = unit is null ? text : text[..^unit.Name.Length];
        return number.Length > 0 && number.All(char.IsAsciiDigit);
    }

    /// <summary>Processors.</summary>
    public static double Processors(string cpu) => cpu.EndsWith('m') ? Number(cpu[..^1]) / 1000 : Number(cpu);

    /// <summary>Memory in 10^9 bytes.</summary>
    public static double Gigabytes(string memory)
    {
        if (Array.Find(Units, one => memory.EndsWith(one.Name, StringComparison.Ordinal)) is not { } unit)
        {
            return Number(memory) / Giga;
        }

        var count = Number(memory[..^unit.Name.Length]);
        return unit.Name == "G" ? count : count * unit.Bytes / Giga;
    }

    private static double Number(string text) => double.Parse(text, CultureInfo.InvariantCulture);

    private sealed record Unit(string Name, double Bytes);
}

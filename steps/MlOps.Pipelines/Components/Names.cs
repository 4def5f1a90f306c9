using System.Text;

namespace MlOps.Pipelines.Components;

/// <summary>Names as KFP's compiler normalises them (kfp/dsl/utils.py).</summary>
internal static class Names
{
    public const string ComponentPrefix = "comp-";
    public const string ExecutorPrefix = "exec-";

    /// <summary>For tasks and components: lower-case; anything but <c>-0-9a-z</c> becomes one <c>-</c>; trimmed. May be empty.</summary>
    public static string Kubernetes(string name) => Normalised(name, '-', collapse: true);

    /// <summary>For inputs and outputs: lower-case; each run of anything but <c>_0-9a-z</c> becomes one <c>_</c>; trimmed. May be empty.</summary>
    public static string Key(string name) => Normalised(name, '_', collapse: false);

    /// <summary>The name, or the first of <c>name-2</c>, <c>name-3</c>, … that is free.</summary>
    public static string Unique(string name, Func<string, bool> taken)
    {
        var unique = name;
        for (var index = 2; taken(unique); index++)
        {
            unique = $"{name}-{index}";
        }

        return unique;
    }

    private static string Normalised(string name, char filler, bool collapse)
    {
        var result = new StringBuilder(name.Length);
        var replaced = false;
        foreach (var letter in Lower(name))
        {
            var kept = char.IsAsciiLetterLower(letter) || char.IsAsciiDigit(letter) || letter == filler;
            var next = kept ? letter : filler;
            var repeats = next == filler && result.Length > 0 && result[^1] == filler && (collapse || (!kept && replaced));
            if (!repeats)
            {
                result.Append(next);
            }

            replaced = !kept;
        }

        return result.ToString().Trim(filler);
    }

    // Python lowers U+0130 to an i and a combining dot, .NET's invariant culture leaves it.
    private static string Lower(string name) => name.Replace("\u0130", "i\u0307", StringComparison.Ordinal).ToLowerInvariant();
}

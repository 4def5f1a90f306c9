using System.Text.RegularExpressions;
using Google.Cloud.CloudBuild.V1;

namespace MlOps.LocalCloud.CloudBuild.Running;

/// <summary>What to do where a step's program is not in its image: the engine says only that it was not found.</summary>
internal static partial class StartHint
{
    /// <param name="words">The engine's.</param>
    /// <returns>A blank and a sentence; empty where nothing can be told.</returns>
    public static string Of(BuildStep step, string words)
    {
        if (NotFound().Match(words) is not { Success: true } match)
        {
            return "";
        }

        var program = match.Groups["program"].Value;
        var isArgument = step.Entrypoint.Length == 0;
        return isArgument && program.Contains(' ', StringComparison.Ordinal) && step.Args.Count == 1
            ? $" 'args' is one word: write a list, args: [{string.Join(", ", program.Split(' ', StringSplitOptions.RemoveEmptyEntries))}]."
            : $" {step.Name} has no '{program}': {(isArgument ? "without 'entrypoint' the first of 'args' is the program that runs; name one that the image has" : program == "bash" ? "write 'entrypoint: sh', or take an image that has it" : "name a program that the image has")}.";
    }

    /// <summary>Whether a step's output is the kernel's word that the interpreter of its script is missing; the container has started then.</summary>
    public static bool IsMissingInterpreter(BuildStep step, ReadOnlySpan<byte> output) =>
        step.Script.StartsWith("#!", StringComparison.Ordinal) && output.IndexOf("exec /builder/scripts/"u8) >= 0 && output.IndexOf("no such file or directory"u8) >= 0;

    /// <summary>For a script whose first line names what the image lacks.</summary>
    public static string OfScript(BuildStep step)
    {
        var first = step.Script.Split('\n')[0];
        return first.EndsWith('\r')
            ? " The script's lines end with CR LF, so its first line names no program: save the file with LF."
            : $" {step.Name} has no {first[2..].Trim().Split(' ')[0]}, which the script's first line ('{first}') names: write '#!/bin/sh' or no such line, or take an image that has it.";
    }

    [GeneratedRegex("exec: \"(?<program>[^\"]+)\": (executable file not found|stat [^:]+: no such file)", RegexOptions.ExplicitCapture)]
    private static partial Regex NotFound();
}

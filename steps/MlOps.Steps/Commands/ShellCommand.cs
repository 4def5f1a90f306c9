using System.Collections.Immutable;
using System.ComponentModel;
using System.Diagnostics;
using MlOps.Core.Problems;
using MlOps.Core.Programs;

namespace MlOps.Steps.Commands;

/// <summary>What a command on the machine came to.</summary>
/// <param name="Output">Standard output and error as they came.</param>
public sealed record CommandResult(int ExitCode, ImmutableArray<string> Output)
{
    private const int TailLines = 20;

    public IEnumerable<string> Tail => Output.Skip(Math.Max(0, Output.Length - TailLines));
}

/// <summary>Runs a command of the user's on this machine; it ends with the step that runs it, its children too.</summary>
public static class ShellCommand
{
    /// <summary>By <c>sh -c</c>, as a Cloud Build step's script would.</summary>
    public static Task<CommandResult> RunAsync(string command, string folder, IReadOnlyDictionary<string, string> environment, Action<string> line, CancellationToken cancel) =>
        RunAsync("sh", ["-c", command], folder, environment, line, cancel);

    /// <exception cref="MachineLacksException">The program is not there.</exception>
    public static async Task<CommandResult> RunAsync(string program, IEnumerable<string> arguments, string folder, IReadOnlyDictionary<string, string> environment, Action<string> line, CancellationToken cancel)
    {
        var start = new ProcessStartInfo(program, arguments) { WorkingDirectory = folder };
        foreach (var (name, value) in environment)
        {
            start.Environment[name] = value;
        }

        try
        {
            var (code, output) = await ProgramRun.RunAsync(start, line, cancel);
            return new CommandResult(code, output);
        }
        catch (Win32Exception error)
        {
            throw new MachineLacksException($"'{program}' is not on this machine.", $"Install it, so that it is found in PATH ({error.Message}).", error);
        }
    }
}

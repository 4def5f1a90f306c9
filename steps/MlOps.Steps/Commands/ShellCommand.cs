using System.Collections.Immutable;
using System.ComponentModel;
using System.Diagnostics;
using MlOps.Core.Problems;

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
        using var process = new Process { StartInfo = StartInfo(program, arguments, folder, environment) };
        var output = ImmutableArray.CreateBuilder<string>();
        var gate = new Lock();
        void Take(string? text)
        {
            if (text is not null)
            {
                lock (gate)
                {
                    output.Add(text);
                    line(text);
                }
            }
        }

        process.OutputDataReceived += (_, data) => Take(data.Data);
        process.ErrorDataReceived += (_, data) => Take(data.Data);
        Start(process, program);
        try
        {
            await process.WaitForExitAsync(cancel);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw;
        }

        lock (gate)
        {
            return new CommandResult(process.ExitCode, output.ToImmutable());
        }
    }

    private static void Start(Process process, string program)
    {
        try
        {
            process.Start();
        }
        catch (Win32Exception error)
        {
            throw new MachineLacksException($"'{program}' is not on this machine.", $"Install it, so that it is found in PATH ({error.Message}).", error);
        }

        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        process.StandardInput.Close();
    }

    private static ProcessStartInfo StartInfo(string program, IEnumerable<string> arguments, string folder, IReadOnlyDictionary<string, string> environment)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            WorkingDirectory = folder,
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var (name, value) in environment)
        {
            start.Environment[name] = value;
        }

        return start;
    }
}

using System.Collections.Immutable;
using System.Diagnostics;

namespace MlOps.Core.Programs;

/// <summary>A program of this machine, run to its end; nothing is typed to it.</summary>
public static class ProgramRun
{
    /// <param name="start">Program, arguments, folder and environment; its streams are redirected here.</param>
    /// <param name="line">Told each line that it prints, output and errors as they come, one at a time.</param>
    /// <returns>Its exit code and its lines. Cancelling kills it with its children.</returns>
    /// <exception cref="System.ComponentModel.Win32Exception">There is no such program.</exception>
    public static async Task<(int ExitCode, ImmutableArray<string> Lines)> RunAsync(ProcessStartInfo start, Action<string> line, CancellationToken cancel)
    {
        (start.UseShellExecute, start.RedirectStandardInput, start.RedirectStandardOutput, start.RedirectStandardError) = (false, true, true, true);
        using var process = new Process { StartInfo = start };
        var lines = ImmutableArray.CreateBuilder<string>();
        var gate = new Lock();
        void Take(string? text)
        {
            if (text is not null)
            {
                lock (gate)
                {
                    lines.Add(text);
                    line(text);
                }
            }
        }

        process.OutputDataReceived += (_, data) => Take(data.Data);
        process.ErrorDataReceived += (_, data) => Take(data.Data);
        process.Start();
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        process.StandardInput.Close();
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
            return (process.ExitCode, lines.ToImmutable());
        }
    }
}

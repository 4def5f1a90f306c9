using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text.Json.Nodes;
using MlOps.Testing;

namespace MlOps.Cli.Tests;

/// <summary>The built command as a process, as users run it.</summary>
internal sealed record Mlops(string Folder, string Home)
{
    public Dictionary<string, string?> Environment { get; init; } = [];

    /// <summary>A program that the command is run by, such as <c>setpriv --reuid=65534</c>.</summary>
    public string[] Under { get; init; } = [];

    /// <summary>What is typed to it.</summary>
    public string Input { get; init; } = "";

    public async Task<Outcome> RunAsync(params string[] arguments)
    {
        string[] words = [.. Under, "dotnet", Program, .. arguments];
        var start = new ProcessStartInfo(words[0], words[1..])
        {
            WorkingDirectory = Folder,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            RedirectStandardInput = true,
            UseShellExecute = false,
        };
        start.Environment["MLOPS_HOME"] = Home;
        start.Environment.Remove("COMMIT_SHA");
        foreach (var (name, value) in Environment)
        {
            start.Environment[name] = value;
        }

        using var process = Process.Start(start)!;
        await process.StandardInput.WriteAsync(Input);
        process.StandardInput.Close();
        var output = process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        var errors = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        return new Outcome(process.ExitCode, await output, await errors);
    }

    /// <summary>The command as its own project builds it: with what it needs beside it, which a test project's output has elsewhere.</summary>
    public static string Program
    {
        get
        {
            var configuration = new DirectoryInfo(AppContext.BaseDirectory).Parent!.Name;
            return Path.Combine(Shared.Checkout(), "builder", "MlOps.Cli", "bin", configuration, "net10.0", RuntimeInformation.RuntimeIdentifier, "mlops.dll");
        }
    }
}

internal sealed record Outcome(int ExitCode, string Output, string Errors)
{
    public JsonNode Json => JsonNode.Parse(Output)!;

    public string All => $"exit code {ExitCode}\n--- stdout\n{Output}\n--- stderr\n{Errors}";
}

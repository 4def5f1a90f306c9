using System.ComponentModel;
using System.Diagnostics;
using System.Text.Json;
using System.Text.Json.Serialization;
using MlOps.Core.Problems;

namespace MlOps.Google.Registry;

internal sealed record HelperAnswer([property: JsonPropertyName("Username")] string? Username, [property: JsonPropertyName("Secret")] string? Secret)
{
    public override string ToString() => nameof(HelperAnswer);
}

/// <summary>Runs <c>docker-credential-NAME get</c> (docker/docker-credential-helpers): host on stdin, JSON on stdout.</summary>
internal static class DockerCredentialHelper
{
    private const string TokenUser = "<token>";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    /// <summary>The credential, or null where the helper has none for the server. What the helper prints is never shown: it may hold the secret.</summary>
    public static async Task<RegistryCredential?> GetAsync(string name, string server, CancellationToken cancel)
    {
        var (exit, output) = await RunAsync($"docker-credential-{name}", server, cancel);
        if (exit != 0)
        {
            return output.Contains("credentials not found", StringComparison.OrdinalIgnoreCase)
                ? null
                : throw new StepFailedException($"docker-credential-{name} gave no credential for {server} (exit code {exit}). Try it yourself: echo {server} | docker-credential-{name} get");
        }

        var answer = Parse(name, server, output);
        return answer.Username == TokenUser
            ? RegistryCredential.Identity(answer.Secret ?? "")
            : string.IsNullOrEmpty(answer.Username) ? null : RegistryCredential.Basic(answer.Username, answer.Secret ?? "");
    }

    private static HelperAnswer Parse(string name, string server, string output)
    {
        try
        {
            return JsonSerializer.Deserialize(output, RegistryJson.Default.HelperAnswer) ?? new HelperAnswer(null, null);
        }
        catch (JsonException)
        {
            throw new StepFailedException($"docker-credential-{name} answered for {server} with something that is not JSON. Try it yourself: echo {server} | docker-credential-{name} get");
        }
    }

    private static async Task<(int Exit, string Output)> RunAsync(string program, string server, CancellationToken cancel)
    {
        using var process = Start(program);
        using var patience = new CancellationTokenSource(Patience);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancel, patience.Token);
        try
        {
            var errors = process.StandardError.ReadToEndAsync(either.Token);
            var output = process.StandardOutput.ReadToEndAsync(either.Token);
            await TellAsync(process, server);
            await Task.WhenAll(errors, output, process.WaitForExitAsync(either.Token));
            return (process.ExitCode, await output);
        }
        catch (OperationCanceledException error)
        {
            process.Kill(entireProcessTree: true);
            cancel.ThrowIfCancellationRequested();
            throw new StepFailedException($"{program} gave no credential for {server} within {Patience.TotalSeconds:0} s. Try it yourself: echo {server} | {program} get", inner: error);
        }
    }

    private static async Task TellAsync(Process process, string server)
    {
        try
        {
            await process.StandardInput.WriteAsync(server);
            process.StandardInput.Close();
        }
        catch (IOException)
        {
            // It answers, or ends, without reading its input.
        }
    }

    private static Process Start(string program)
    {
        try
        {
            return Process.Start(new ProcessStartInfo(program, ["get"]) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false })!;
        }
        catch (Win32Exception error)
        {
            throw new MachineLacksException($"Docker's configuration names the credential helper '{program}', which is not on the PATH.", "Install it, or remove it from credHelpers and credsStore and log in with 'docker login'.", error);
        }
    }
}

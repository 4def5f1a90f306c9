using System.Diagnostics;
using System.Security.Cryptography;
using System.Text.Json.Nodes;
using MlOps.Core.Files;

namespace MlOps.LocalCloud.Registry;

/// <summary>The registry as a program of this machine (Debian: package docker-registry).</summary>
internal sealed class RegistryProcess : IRegistryServer
{
    /// <summary>
    /// Ends the registry when our end of its standard input closes, which the kernel does even when we are killed.
    /// </summary>
    private const string Guard = """
        exec 3<&0 >>"$1" 2>&1
        shift
        "$@" 3<&- & child=$!
        { read -r _ <&3; kill "$child"; } & watch=$!
        trap 'kill "$child"' TERM INT
        wait "$child"; code=$?
        kill "$watch" 2>/dev/null
        exit "$code"
        """;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);
    private readonly Process _guard;
    private readonly string _log;

    private RegistryProcess(Process guard, string log, Uri address) => (_guard, _log, Address) = (guard, log, address);

    public Uri Address { get; }

    public bool HasEnded => _guard.HasExited;

    public string LastWords => File.Exists(_log) ? string.Join('\n', File.ReadLines(_log).TakeLast(5)) : "";

    public override string ToString() => $"({_guard.StartInfo.ArgumentList[4]}, log {_log})";

    /// <summary>A program's path; null where it is not on the PATH.</summary>
    public static string? Find(string program)
    {
        var folders = $"{Environment.GetEnvironmentVariable("PATH")}:/usr/local/bin:/usr/bin".Split(':', StringSplitOptions.RemoveEmptyEntries);
        return Array.ConvertAll(folders, folder => Path.Combine(folder, program)).FirstOrDefault(File.Exists);
    }

    public static RegistryProcess Start(string program, string folder, int port)
    {
        var config = Path.Combine(folder, "config.json");
        AtomicFile.Write(config, Configuration(Path.Combine(folder, "data"), $"127.0.0.1:{port}", KeptSecret(folder)).ToJsonString());
        var log = Path.Combine(folder, "registry.log");
        File.Delete(log);
        var start = new ProcessStartInfo("/bin/sh") { RedirectStandardInput = true, UseShellExecute = false, WorkingDirectory = folder };
        foreach (var argument in new[] { "-c", Guard, "mlops-registry", log, program, "serve", config })
        {
            start.ArgumentList.Add(argument);
        }

        foreach (var inherited in start.Environment.Keys.Where(name => name.StartsWith("REGISTRY_", StringComparison.Ordinal)).ToList())
        {
            start.Environment.Remove(inherited);
        }

        return new RegistryProcess(Process.Start(start)!, log, new Uri($"http://127.0.0.1:{port}"));
    }

    public async ValueTask DisposeAsync()
    {
        _guard.StandardInput.Close();
        using var patience = new CancellationTokenSource(Patience);
        try
        {
            await _guard.WaitForExitAsync(patience.Token);
        }
        catch (OperationCanceledException)
        {
            _guard.Kill(entireProcessTree: true);
        }

        _guard.Dispose();
    }

    /// <summary>The configuration of distribution 2.8. JSON is YAML, so the same document serves.</summary>
    internal static JsonObject Configuration(string data, string address, string secret) => new()
    {
        ["version"] = 0.1,
        ["log"] = new JsonObject { ["level"] = "warn", ["accesslog"] = new JsonObject { ["disabled"] = true } },
        ["storage"] = new JsonObject
        {
            ["filesystem"] = new JsonObject { ["rootdirectory"] = data },
            ["cache"] = new JsonObject { ["blobdescriptor"] = "inmemory" },
            ["delete"] = new JsonObject { ["enabled"] = true },
            ["maintenance"] = new JsonObject
            {
                ["uploadpurging"] = new JsonObject { ["enabled"] = true, ["age"] = "24h", ["interval"] = "24h", ["dryrun"] = false },
            },
        },
        // Layers that are elsewhere; without this, an image that has some is refused.
        ["validation"] = new JsonObject { ["manifests"] = new JsonObject { ["urls"] = new JsonObject { ["allow"] = new JsonArray("^https?://") } } },
        ["http"] = new JsonObject { ["addr"] = address, ["relativeurls"] = true, ["secret"] = secret },
    };

    /// <summary>Signs the state in upload addresses; kept, so that an upload goes on after a restart.</summary>
    internal static string KeptSecret(string folder)
    {
        var path = Path.Combine(folder, "secret");
        if (!File.Exists(path))
        {
            AtomicFile.Write(path, RandomNumberGenerator.GetHexString(32, lowercase: true));
        }

        return File.ReadAllText(path);
    }
}

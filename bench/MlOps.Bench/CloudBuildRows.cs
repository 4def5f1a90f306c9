using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace MlOps.Bench;

/// <summary>Builds on a local cloud that runs, over REST: submitted, and asked for until they have ended.</summary>
internal sealed class CloudBuildRows(string home) : IDisposable
{
    public const string Image = "busybox:1.36";
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(5);
    private readonly HttpClient _http = new() { BaseAddress = Address(home) };

    /// <summary>So many steps that do nothing, one after another or side by side.</summary>
    public TimeSpan NoOps(int steps, bool sideBySide) => Run(Build(Enumerable.Range(0, steps).Select(_ => Step(sideBySide, "true"))));

    /// <summary>From the request to the first line of the first step.</summary>
    public TimeSpan ToFirstLine()
    {
        var from = Stopwatch.GetTimestamp();
        var build = Submit(Build([Step(false, "sh", "-c", "echo first; sleep 0.2")]));
        var log = Path.Combine(home, "cloud", "cloudbuild", "logs", $"log-{build["id"]}.txt");
        while (!File.Exists(log) || !Text(log).Contains("\nfirst\n", StringComparison.Ordinal))
        {
            Task.Delay(TimeSpan.FromMilliseconds(1), TimeProvider.System).Wait();
        }

        var took = Stopwatch.GetElapsedTime(from);
        Ended(build);
        return took;
    }

    /// <summary>Many builds at once; what the owner's memory grew by is the second figure, in MB.</summary>
    public (TimeSpan Took, double Grown) Queued(int count)
    {
        var before = OwnersMemory();
        var from = Stopwatch.GetTimestamp();
        var builds = Enumerable.Range(0, count).Select(_ => Submit(Build([Step(false, "true")]))).ToList();
        builds.ForEach(Ended);
        return (Stopwatch.GetElapsedTime(from), OwnersMemory() - before);
    }

    /// <summary>A step that prints 100 MB of lines; the log must hold them all.</summary>
    public (TimeSpan Took, double Grown) HundredMegabytes()
    {
        var before = OwnersMemory();
        var from = Stopwatch.GetTimestamp();
        var build = Submit(Build([Step(false, "sh", "-c", LongOutput)]));
        Ended(build);
        var took = Stopwatch.GetElapsedTime(from);
        var bucket = build["logsBucket"]!.ToString()["gs://".Length..];
        var length = new FileInfo(Path.Combine(home, "cloud", "storage", bucket, $"log-{build["id"]}.txt")).Length;
        return length > 100_000_000 ? (took, OwnersMemory() - before) : throw new InvalidOperationException($"The log holds {length} bytes only.");
    }

    /// <summary>Lines of 100 bytes, without a program that is slower than the log.</summary>
    public const string LongOutput = "head -c 1000000 /dev/zero | tr '\\0' x | fold -w 99 > /tmp/m; for i in 0 1 2 3 4 5 6 7 8 9; do cat /tmp/m /tmp/m /tmp/m /tmp/m /tmp/m /tmp/m /tmp/m /tmp/m /tmp/m /tmp/m; done";

    public void Dispose() => _http.Dispose();

    private static Uri Address(string home) => new(Owner(home)["http"]!.ToString());

    private static JsonNode Owner(string home) => JsonNode.Parse(File.ReadAllText(Path.Combine(home, "cloud", "cloud.lock")))!;

    private double OwnersMemory()
    {
        using var process = Process.GetProcessById(int.Parse(Owner(home)["pid"]!.ToString(), CultureInfo.InvariantCulture));
        return process.WorkingSet64 / 1e6;
    }

    private static JsonObject Build(IEnumerable<JsonObject> steps) => new() { ["steps"] = new JsonArray([.. steps]) };

    private static JsonObject Step(bool atOnce, params string[] words)
    {
        var step = new JsonObject { ["name"] = Image, ["entrypoint"] = words[0], ["args"] = new JsonArray([.. words[1..].Select(word => JsonValue.Create(word))]) };
        if (atOnce)
        {
            step["waitFor"] = new JsonArray("-");
        }

        return step;
    }

    private TimeSpan Run(JsonObject build)
    {
        var from = Stopwatch.GetTimestamp();
        Ended(Submit(build));
        return Stopwatch.GetElapsedTime(from);
    }

    private JsonNode Submit(JsonObject build)
    {
        using var answer = _http.PostAsJsonAsync("/v1/projects/bench/builds", build).GetAwaiter().GetResult();
        answer.EnsureSuccessStatusCode();
        return answer.Content.ReadFromJsonAsync<JsonNode>().GetAwaiter().GetResult()!["metadata"]!["build"]!;
    }

    private void Ended(JsonNode build)
    {
        while (true)
        {
            var now = _http.GetFromJsonAsync<JsonElement>($"/v1/{build["name"]}").GetAwaiter().GetResult();
            switch (now.GetProperty("status").GetString())
            {
                case "QUEUED" or "WORKING":
                    Task.Delay(Pause, TimeProvider.System).Wait();
                    continue;
                case "SUCCESS":
                    return;
                default:
                    throw new InvalidOperationException($"A build failed: {now}");
            }
        }
    }

    private static string Text(string path)
    {
        using var file = new StreamReader(new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete));
        return file.ReadToEnd();
    }
}

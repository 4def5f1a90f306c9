using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using MlOps.Containers.Running;

namespace MlOps.LocalCloud.Vertex.Jobs.Logs;

/// <summary>A line that a replica printed.</summary>
internal sealed record LogEntry(DateTimeOffset Time, bool IsError, string Text);

[JsonSerializable(typeof(LogEntry))]
internal sealed partial class EntryJson : JsonSerializerContext;

/// <summary>A replica's lines with their times, one JSON a line, beside its log: what Cloud Logging's <c>entries.list</c> answers from. No two have the same time.</summary>
internal sealed class EntryFile(string path, TimeProvider time) : IDisposable
{
    public const string Extension = ".jsonl";
    private readonly StreamWriter _file = new(new FileStream(path, FileMode.Create, FileAccess.Write, FileShare.ReadWrite), new UTF8Encoding(false)) { AutoFlush = true };
    private readonly Lock _lock = new();
    private DateTimeOffset _last;

    public void Add(LogLine line)
    {
        lock (_lock)
        {
            var (now, next) = (time.GetUtcNow(), _last.AddMicroseconds(1));
            _last = now > next ? now : next;
            _file.WriteLine(JsonSerializer.Serialize(new LogEntry(_last, line.IsError, line.Text), EntryJson.Default.LogEntry));
        }
    }

    public void Dispose() => _file.Dispose();

    /// <summary>The lines so far; one that is being written is left out.</summary>
    public static IEnumerable<LogEntry> Read(string path)
    {
        using var reader = new StreamReader(new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete));
        while (reader.ReadLine() is { } line)
        {
            if (line.EndsWith('}') && JsonSerializer.Deserialize(line, EntryJson.Default.LogEntry) is { } entry)
            {
                yield return entry;
            }
        }
    }
}

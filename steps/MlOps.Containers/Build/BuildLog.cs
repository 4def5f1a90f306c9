using System.Collections.Immutable;
using System.Globalization;
using System.Text;

namespace MlOps.Containers.Build;

/// <summary>A build's output as lines, in the form of <c>docker build --progress=plain</c>: <c>#4 [build 3/5] RUN …</c>, <c>#4 its output</c>, <c>#4 DONE 1.2s</c>.</summary>
/// <param name="hear">Hears each line.</param>
/// <param name="secrets">Texts that are replaced by <c>***</c> wherever they turn up.</param>
internal sealed class BuildLog(Action<string>? hear, ImmutableArray<string> secrets)
{
    private const int TailLength = 20;
    private readonly List<string> _lines = [];
    private readonly Dictionary<string, Progress> _vertices = new(StringComparer.Ordinal);
    private readonly StringBuilder _open = new();
    private Progress? _failed;

    public ImmutableArray<string> Lines => [.. _lines];

    /// <summary>What to show of a failed build: the last lines of the step that failed, else of all.</summary>
    public IEnumerable<string> Tail => (_failed is { Output.Count: > 0 } failed ? [$"{failed.Name}", .. failed.Output.TakeLast(TailLength)] : _lines.TakeLast(TailLength));

    public void Line(string text)
    {
        text = Without(text);
        _lines.Add(text);
        hear?.Invoke(text);
    }

    /// <summary>The classic builder's text, which comes in pieces, those of standard error in red.</summary>
    public void Text(string piece)
    {
        const string red = "\u001b[91m", plain = "\u001b[0m";
        _open.Append(piece.Replace(red, "", StringComparison.Ordinal).Replace(plain, "", StringComparison.Ordinal));
        foreach (var line in Complete(_open))
        {
            Line(line);
        }
    }

    public void Trace(BuildKitTrace trace)
    {
        foreach (var vertex in trace.Vertices)
        {
            Vertex(vertex);
        }

        foreach (var output in trace.Output)
        {
            var progress = Of(output.Vertex);
            progress.Open.Append(output.Text.ToStringUtf8());
            Flush(progress, Complete(progress.Open));
        }
    }

    /// <summary>Lines that were never ended.</summary>
    public void End()
    {
        foreach (var progress in _vertices.Values.Where(progress => progress.Open.Length > 0).ToList())
        {
            Flush(progress, [progress.Open.ToString()]);
            progress.Open.Clear();
        }

        if (_open.Length > 0)
        {
            Line(_open.ToString());
            _open.Clear();
        }
    }

    private void Vertex(BuildVertex vertex)
    {
        var progress = Of(vertex.Digest);
        progress.Name = vertex.Name;
        if (!progress.Announced && (vertex.Started is not null || vertex.Cached))
        {
            progress.Announced = true;
            Line($"#{progress.Number} {vertex.Name}");
        }

        if (progress.Ended || (vertex.Completed is null && vertex.Error.Length == 0))
        {
            return;
        }

        progress.Ended = true;
        if (vertex.Error.Length > 0)
        {
            _failed ??= vertex.Error.Contains("context canceled", StringComparison.Ordinal) ? null : progress;
        }

        var took = (vertex.Completed - vertex.Started)?.TotalSeconds ?? 0;
        Line($"#{progress.Number} {(vertex.Error.Length > 0 ? "ERROR: " + vertex.Error : vertex.Cached ? "CACHED" : string.Create(CultureInfo.InvariantCulture, $"DONE {took:0.0}s"))}");
    }

    private void Flush(Progress progress, IEnumerable<string> lines)
    {
        foreach (var line in lines)
        {
            progress.Output.Add(Without(line));
            Line($"#{progress.Number} {line}");
        }
    }

    private Progress Of(string digest)
    {
        if (!_vertices.TryGetValue(digest, out var progress))
        {
            _vertices[digest] = progress = new Progress(_vertices.Count + 1);
        }

        return progress;
    }

    private string Without(string line) => secrets.Aggregate(line, (text, secret) => text.Replace(secret, "***", StringComparison.Ordinal));

    private static List<string> Complete(StringBuilder open)
    {
        var text = open.ToString();
        var end = text.LastIndexOf('\n');
        if (end < 0)
        {
            return [];
        }

        open.Remove(0, end + 1);
        return [.. text[..end].Split('\n').Select(line => line.TrimEnd('\r'))];
    }

    private sealed class Progress(int number)
    {
        public int Number { get; } = number;

        public string Name { get; set; } = "";

        public bool Announced { get; set; }

        public bool Ended { get; set; }

        public StringBuilder Open { get; } = new();

        public List<string> Output { get; } = [];
    }
}

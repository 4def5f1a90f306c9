using System.Text;
using MlOps.Containers.Running;

namespace MlOps.LocalCloud.Vertex.Running;

/// <summary>A task's log file, and the last lines of both its streams for the error message.</summary>
internal sealed class TaskLog : IDisposable
{
    private const int TailLength = 20;
    private const int LongestTailLine = 500;
    private readonly StreamWriter _file;
    private readonly Queue<(int Number, string Text)> _output = new();
    private readonly Queue<(int Number, string Text)> _errors = new();
    private readonly Lock _lock = new();
    private int _lines;

    public TaskLog(string path)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        _file = new StreamWriter(new FileStream(path, FileMode.Create, FileAccess.Write, FileShare.ReadWrite), new UTF8Encoding(false)) { AutoFlush = true };
    }

    public void Add(LogLine line)
    {
        lock (_lock)
        {
            _file.WriteLine(line.Text);

            // The engine carries the two streams side by side: a task's last words on one may overtake the other.
            var tail = line.IsError ? _errors : _output;
            tail.Enqueue((_lines++, line.Text.Length <= LongestTailLine ? line.Text : line.Text[..LongestTailLine] + "…"));
            if (tail.Count > TailLength)
            {
                tail.Dequeue();
            }
        }
    }

    /// <summary>A message with the last lines under it.</summary>
    public string Under(string message)
    {
        lock (_lock)
        {
            var tail = _output.Concat(_errors).OrderBy(line => line.Number).Select(line => line.Text).ToList();
            return tail.Count == 0 ? message + " It printed nothing." : $"{message} Its last lines:\n{string.Join('\n', tail)}";
        }
    }

    public void Dispose() => _file.Dispose();
}

using System.Text;
using MlOps.Containers.Running;

namespace MlOps.LocalCloud.Vertex.Pipelines.Executing;

/// <summary>A task's log file, and its last lines for the error message.</summary>
internal sealed class TaskLog : IDisposable
{
    private const int TailLength = 20;
    private const int LongestTailLine = 500;
    private readonly StreamWriter _file;
    private readonly Queue<string> _tail = new();
    private readonly Lock _lock = new();

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
            _tail.Enqueue(line.Text.Length <= LongestTailLine ? line.Text : line.Text[..LongestTailLine] + "…");
            if (_tail.Count > TailLength)
            {
                _tail.Dequeue();
            }
        }
    }

    /// <summary>A message with the last lines under it.</summary>
    public string Under(string message)
    {
        lock (_lock)
        {
            return _tail.Count == 0 ? message + " It printed nothing." : $"{message} Its last lines:\n{string.Join('\n', _tail)}";
        }
    }

    public void Dispose() => _file.Dispose();
}

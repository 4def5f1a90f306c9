using System.Collections.Immutable;

namespace MlOps.Steps.Commands;

/// <summary>The output of one component in one step: kept in <c>.mlops/logs/STEP-NAME.log</c>.</summary>
public sealed class StepLog : IAsyncDisposable
{
    private readonly StreamWriter _file;
    private readonly Action<string> _tell;
    private readonly List<string> _lines = [];
    private readonly Lock _gate = new();

    private StepLog(StreamWriter file, Action<string> tell) => (_file, _tell) = (file, tell);

    public static StepLog Create(DeliveryContext context, string step, string name)
    {
        var path = context.Workspace.PathOf("logs", $"{step}-{name}.log");
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        return new StepLog(new StreamWriter(path), line => context.Log.Output(step, name, line));
    }

    /// <summary>Into the file, and to people who want to read along.</summary>
    public void Aloud(string line)
    {
        Quietly(line);
        _tell(line);
    }

    /// <summary>Into the file only.</summary>
    public void Quietly(string line)
    {
        lock (_gate)
        {
            _lines.Add(line);
            _file.WriteLine(line);
        }
    }

    public ImmutableArray<string> Tail(int lines)
    {
        lock (_gate)
        {
            return [.. _lines.TakeLast(lines)];
        }
    }

    /// <summary>The last lines that an error came with, those that are not in the log yet.</summary>
    public void AddTail(IEnumerable<string> lines)
    {
        lock (_gate)
        {
            foreach (var line in lines.Where(line => !_lines.Contains(line)).ToList())
            {
                Quietly(line);
            }
        }
    }

    public ValueTask DisposeAsync() => _file.DisposeAsync();
}

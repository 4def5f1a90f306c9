using System.Globalization;
using System.Text;
using Microsoft.Extensions.Logging;

namespace MlOps.LocalCloud.Hosting;

/// <summary>Warnings and errors of the host, in <c>cloud.log</c> beside the state; begun anew when it is longer than 4 MiB at a start.</summary>
internal sealed class CloudLog : ILoggerProvider
{
    private const long Longest = 4 * 1024 * 1024;
    private readonly string _path;
    private readonly TimeProvider _time;
    private readonly Lock _writing = new();

    public CloudLog(string stateFolder, TimeProvider time)
    {
        (_path, _time) = (Path.Combine(stateFolder, "cloud.log"), time);
        if (new FileInfo(_path) is { Exists: true, Length: > Longest })
        {
            File.Delete(_path);
        }
    }

    public ILogger CreateLogger(string categoryName) => new Category(this, categoryName);

    public void Write(string category, LogLevel level, string message, Exception? error)
    {
        var line = new StringBuilder(_time.GetUtcNow().ToString("O", CultureInfo.InvariantCulture)).Append(' ').Append(level).Append(' ').Append(category).Append(": ").AppendLine(message);
        if (error is not null)
        {
            line.AppendLine(error.ToString());
        }

        lock (_writing)
        {
            File.AppendAllText(_path, line.ToString());
        }
    }

    public void Dispose()
    {
    }

    private sealed class Category(CloudLog log, string name) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Warning;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (IsEnabled(logLevel))
            {
                log.Write(name, logLevel, formatter(state, exception), exception);
            }
        }
    }
}

using static Google.Cloud.CloudBuild.V1.Build.Types.FailureInfo.Types;

namespace MlOps.LocalCloud.CloudBuild.Logs;

/// <summary>A build's log while it grows: each line is in the file as soon as it is complete, and nowhere else.</summary>
internal sealed class BuildLog : IDisposable
{
    private readonly Stream _file;
    private readonly Lock _lock = new();

    private BuildLog(Stream file) => _file = file;

    /// <summary>The values that must not stand in the log.</summary>
    public SecretMask Mask { get; set; } = SecretMask.None;

    /// <summary>Goes on with the file where it is there.</summary>
    public static BuildLog Open(string path)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        return new(new FileStream(path, FileMode.Append, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0));
    }

    /// <summary>For a build that wants no log.</summary>
    public static BuildLog Nowhere() => new(Stream.Null);

    /// <summary>A line of the build itself.</summary>
    public void Add(string line) => Output("").Add(line);

    /// <summary>What a step prints.</summary>
    /// <param name="prefix">Before each of its lines; may be empty.</param>
    public StepOutput Output(string prefix) => new(this, prefix);

    /// <summary>Whole lines, at once.</summary>
    /// <exception cref="BuildFaultException">LOGGING_FAILURE.</exception>
    public void Write(ReadOnlySpan<byte> lines)
    {
        lock (_lock)
        {
            try
            {
                _file.Write(lines);
            }
            catch (IOException error)
            {
                throw new BuildFaultException(FailureType.LoggingFailure, $"the log cannot be written: {error.Message}", error);
            }
        }
    }

    public void Dispose() => _file.Dispose();
}

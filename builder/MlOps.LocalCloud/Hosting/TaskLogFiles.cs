namespace MlOps.LocalCloud.Hosting;

/// <summary>Where the local cloud keeps what pipeline tasks have printed.</summary>
public static class TaskLogFiles
{
    /// <summary>The newest log of a job's tasks; null where none has printed anything.</summary>
    /// <param name="stateFolder">The cloud's.</param>
    /// <param name="job"><c>projects/P/locations/L/pipelineJobs/ID</c></param>
    public static string? Of(string stateFolder, string job)
    {
        var folder = Path.Combine(stateFolder, "vertex", "logs", job.Replace("/pipelineJobs/", "/", StringComparison.Ordinal));
        return Directory.Exists(folder) ? Directory.EnumerateFiles(folder, "*.log").MaxBy(File.GetLastWriteTimeUtc) : null;
    }
}

using Google.Cloud.CloudBuild.V1;
using static Google.Cloud.CloudBuild.V1.BuildOptions.Types;

namespace MlOps.LocalCloud.CloudBuild.Logs;

/// <summary>Where builds' logs are: a file while the build runs, an object of Storage afterwards.</summary>
internal sealed class LogKeeping(CloudBuildOptions options, LiveLogs live)
{
    /// <summary>Begins the log, or goes on with it.</summary>
    public BuildLog Open(Build build)
    {
        if (!IsKept(build))
        {
            return BuildLog.Nowhere();
        }

        if (build.Options.LogStreamingOption != LogStreamingOption.StreamOff)
        {
            var (bucket, name) = Object(build);
            live.Add(bucket, name, PathOf(build));
        }

        return BuildLog.Open(PathOf(build));
    }

    /// <summary>Makes the log, which is complete, an object of Storage.</summary>
    public async Task KeepAsync(Build build)
    {
        if (!IsKept(build))
        {
            return;
        }

        var (bucket, name) = Object(build);
        try
        {
            await options.ImportAsync(bucket, name, PathOf(build), CancellationToken.None);
        }
        finally
        {
            live.Remove(bucket, name);
        }
    }

    /// <summary><c>gs://BUCKET[/FOLDER]</c> and the build's id give <c>BUCKET</c> and <c>[FOLDER/]log-ID.txt</c>.</summary>
    public static (string Bucket, string Object) Object(Build build)
    {
        var place = build.LogsBucket["gs://".Length..].TrimEnd('/');
        var end = place.IndexOf('/', StringComparison.Ordinal);
        var file = $"log-{build.Id}.txt";
        return end < 0 ? (place, file) : (place[..end], $"{place[(end + 1)..]}/{file}");
    }

    private string PathOf(Build build) => Path.Combine(options.StateFolder, "logs", $"log-{build.Id}.txt");

    // There is no Cloud Logging here: what would go there only is kept in the bucket too, rather than lost.
    private static bool IsKept(Build build) => build.Options.Logging != LoggingMode.None;
}

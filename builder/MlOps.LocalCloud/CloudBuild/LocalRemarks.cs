using Google.Cloud.CloudBuild.V1;
using static Google.Cloud.CloudBuild.V1.BuildOptions.Types;

namespace MlOps.LocalCloud.CloudBuild;

/// <summary>What a build asks for that means nothing on one machine: accepted, and said in its <c>warnings</c>.</summary>
internal static class LocalRemarks
{
    public static IEnumerable<Build.Types.Warning> Of(Build build)
    {
        if (build.Options.Pool?.Name is { Length: > 0 } pool)
        {
            yield return Remark($"options.pool: the build does not run in {pool}, but on this machine.");
        }

        if (build.Options.Logging is LoggingMode.CloudLoggingOnly)
        {
            yield return Remark($"options.logging: there is no Cloud Logging here; the log is kept in {build.LogsBucket}.");
        }
    }

    private static Build.Types.Warning Remark(string text) => new() { Text = text, Priority = Build.Types.Warning.Types.Priority.Info };
}

using Google.Cloud.CloudBuild.V1;
using Logging = Google.Cloud.CloudBuild.V1.BuildOptions.Types.LoggingMode;

namespace MlOps.CloudBuild.Checks;

/// <summary>Where the log goes: a service account of one's own cannot write to the default bucket.</summary>
internal static class LoggingChecks
{
    public static void Check(Build build, Findings findings)
    {
        var logging = build.Options?.Logging ?? Logging.LoggingUnspecified;
        var owned = build.Options?.DefaultLogsBucketBehavior == BuildOptions.Types.DefaultLogsBucketBehavior.RegionalUserOwnedBucket;
        if (build.ServiceAccount.Length > 0 && build.LogsBucket.Length == 0 && !owned && !LeavesBucketAlone(logging))
        {
            findings.Error(
                CheckCodes.ServiceAccountNeedsLogging,
                "A build with a 'serviceAccount' must say where its log goes: set 'options.logging: CLOUD_LOGGING_ONLY' (or NONE), or 'logsBucket', or 'options.defaultLogsBucketBehavior: REGIONAL_USER_OWNED_BUCKET'.",
                build.Options is { Logging: not Logging.LoggingUnspecified } ? "options.logging" : "serviceAccount");
        }

        if (build.LogsBucket.Length > 0 && logging == Logging.CloudLoggingOnly)
        {
            findings.Error(CheckCodes.LogsBucketWithCloudLogging, "'logsBucket' and 'options.logging: CLOUD_LOGGING_ONLY' exclude each other; remove one.", "logsBucket");
        }
    }

#pragma warning disable CS0612 // The proto deprecates STACKDRIVER_ONLY; files still hold it.
    private static bool LeavesBucketAlone(Logging logging) => logging is Logging.CloudLoggingOnly or Logging.StackdriverOnly or Logging.None;
#pragma warning restore CS0612
}

using Google.Cloud.CloudBuild.V1;
using Google.Protobuf.WellKnownTypes;
using TimeSpan = System.TimeSpan;

namespace MlOps.CloudBuild.Checks;

/// <summary>Timeouts of the build, its steps and the queue.</summary>
internal static class TimeoutChecks
{
    private static readonly TimeSpan Longest = TimeSpan.FromHours(24);
    private static readonly TimeSpan Default = TimeSpan.FromMinutes(60);

    public static void Check(Build build, Findings findings)
    {
        Bounds(build.Timeout, "timeout", findings);
        Bounds(build.QueueTtl, "queueTtl", findings);
        for (var index = 0; index < build.Steps.Count; index++)
        {
            var path = $"steps[{index}].timeout";
            var timeout = build.Steps[index].Timeout;
            Bounds(timeout, path, findings);
            Against(build, index, timeout?.ToTimeSpan() ?? TimeSpan.Zero, path, findings);
        }
    }

    private static void Bounds(Duration? duration, string path, Findings findings)
    {
        var name = path[(path.LastIndexOf('.') + 1)..];
        if (duration is { Seconds: < 0 } or { Nanos: < 0 })
        {
            findings.Error(CheckCodes.TimeoutNegative, $"'{name}' is negative; expected a duration like '600s'.", path);
        }
        else if (duration is not null && duration.ToTimeSpan() > Longest)
        {
            findings.Error(CheckCodes.TimeoutTooLong, $"'{name}' is more than 24 hours; expected at most '86400s'.", path);
        }
    }

    private static void Against(Build build, int index, TimeSpan timeout, string path, Findings findings)
    {
        var whole = build.Timeout?.ToTimeSpan() ?? TimeSpan.Zero;
        if (whole > TimeSpan.Zero && timeout > whole)
        {
            findings.Error(CheckCodes.StepTimeoutExceedsBuild, $"{StepNames.Of(build, index)} has a timeout of {timeout.TotalSeconds}s, the whole build one of {whole.TotalSeconds}s; raise the build's 'timeout' or lower the step's.", path);
        }
        else if (whole == TimeSpan.Zero && timeout > Default)
        {
            findings.Warning(CheckCodes.StepTimeoutBeyondDefault, $"{StepNames.Of(build, index)} has a timeout of {timeout.TotalSeconds}s, but a build without 'timeout' ends after {Default.TotalSeconds}s; give the build a 'timeout'.", path);
        }
    }
}

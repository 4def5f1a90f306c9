using Google.Cloud.CloudBuild.V1;
using Google.Protobuf.WellKnownTypes;
using MlOps.LocalCloud.Hosting;
using static Google.Cloud.CloudBuild.V1.BuildOptions.Types;
using TimeSpan = System.TimeSpan;

namespace MlOps.LocalCloud.CloudBuild;

/// <summary>A build as the server shows it from its creation on: what it was sent, substituted, with every default filled in.</summary>
internal static class AcceptedBuild
{
    private static readonly TimeSpan DefaultTimeout = TimeSpan.FromMinutes(60), DefaultQueueTtl = TimeSpan.FromSeconds(3600);

    /// <param name="substituted">Changed and returned.</param>
    /// <param name="builtIns">Built-in substitutions that belong to the build: those of its trigger.</param>
    public static Build Of(Build substituted, BuildName name, IReadOnlyDictionary<string, string> builtIns, bool approvalRequired, DateTimeOffset now)
    {
        var build = substituted;
        ClearOutputOnly(build);
        (build.Name, build.Id, build.ProjectId, build.CreateTime) = (name.ToString(), name.Id, name.Parent.Project, now.ToTimestamp());
        build.Status = approvalRequired ? Build.Types.Status.Pending : Build.Types.Status.Queued;
        build.Approval = approvalRequired ? new BuildApproval { State = BuildApproval.Types.State.Pending, Config = new ApprovalConfig { ApprovalRequired = true } } : null;
        build.Timeout ??= DefaultTimeout.ToDuration();
        build.QueueTtl ??= DefaultQueueTtl.ToDuration();
        build.Options ??= new BuildOptions();
        build.Options.Logging = build.Options.Logging == LoggingMode.LoggingUnspecified ? LoggingMode.Legacy : build.Options.Logging;
        build.LogsBucket = LogsBucket(build, name.Parent);
        build.LogUrl = LogUrl(name);
        FillImages(build);
        FillTags(build);
        FillSubstitutions(build, builtIns);
        return build;
    }

    private static void ClearOutputOnly(Build build)
    {
        (build.StatusDetail, build.Results, build.StartTime, build.FinishTime, build.SourceProvenance, build.FailureInfo) = ("", null, null, null, null, null);
        build.Timing.Clear();
        build.Warnings.Clear();
        foreach (var step in build.Steps)
        {
            (step.Timing, step.PullTiming, step.Status, step.ExitCode) = (null, null, Build.Types.Status.Unknown, 0);
        }
    }

    private static string LogsBucket(Build build, BuildParent parent)
    {
        if (build.LogsBucket.Length > 0)
        {
            return build.LogsBucket.StartsWith("gs://", StringComparison.Ordinal) ? build.LogsBucket : $"gs://{build.LogsBucket}";
        }

        return build.Options.DefaultLogsBucketBehavior == DefaultLogsBucketBehavior.RegionalUserOwnedBucket
            ? $"gs://{parent.Project}-{parent.Location}-cloudbuild-logs"
            : $"gs://{parent.Project}_cloudbuild-logs";
    }

    // Google's console: a record holds no address of this machine.
    private static string LogUrl(BuildName name)
    {
        var region = name.Parent.Location == BuildParent.Global ? "" : $";region={name.Parent.Location}";
        return $"https://console.cloud.google.com/cloud-build/builds{region}/{name.Id}?project={ProjectNumber.Of(name.Parent.Project)}";
    }

    /// <summary><c>images</c> and <c>artifacts.images</c> say the same; either may have been given.</summary>
    private static void FillImages(Build build)
    {
        if (build.Images.Count == 0)
        {
            build.Images.Add(build.Artifacts?.Images ?? []);
        }
        else if (build.Artifacts?.Images.Count is null or 0)
        {
            build.Artifacts ??= new global::Google.Cloud.CloudBuild.V1.Artifacts();
            build.Artifacts.Images.Add(build.Images);
        }
    }

    private static void FillTags(Build build)
    {
        var tags = build.Tags.Where(tag => tag.Length > 0).Distinct(StringComparer.Ordinal).ToList();
        build.Tags.Clear();
        build.Tags.Add(tags);
    }

    /// <summary>The server shows the build's own and its trigger's, not those that every build has.</summary>
    private static void FillSubstitutions(Build build, IReadOnlyDictionary<string, string> builtIns)
    {
        foreach (var key in build.Substitutions.Keys.ToList())
        {
            if (!key.StartsWith('_') && (!builtIns.ContainsKey(key) || build.Substitutions[key].Length == 0))
            {
                build.Substitutions.Remove(key);
            }
        }
    }
}

using Google.Cloud.AIPlatform.V1;
using Google.Protobuf;
using Google.Protobuf.Collections;
using Google.Protobuf.WellKnownTypes;
using Status = Google.Rpc.Status;

namespace MlOps.LocalCloud.Vertex.Jobs;

/// <summary>The fields that CustomJob, HyperparameterTuningJob and BatchPredictionJob have in common, under the same names.</summary>
internal static class JobFields
{
    public static string Name(this IMessage job) => Get<string>(job, "name");

    public static string DisplayName(this IMessage job) => Get<string>(job, "display_name");

    public static JobState State(this IMessage job) => Get<JobState>(job, "state");

    public static Status? Error(this IMessage job) => Get<Status?>(job, "error");

    public static Timestamp? Time(this IMessage job, string field) => Get<Timestamp?>(job, field);

    public static string? Label(this IMessage job, string key) => Get<MapField<string, string>>(job, "labels").GetValueOrDefault(key);

    public static void Set(this IMessage job, string field, object? value)
    {
        var accessor = job.Descriptor.FindFieldByName(field).Accessor;
        if (value is null)
        {
            accessor.Clear(job);
        }
        else
        {
            accessor.SetValue(job, value);
        }
    }

    private static T Get<T>(IMessage job, string field) => (T)job.Descriptor.FindFieldByName(field).Accessor.GetValue(job);
}

internal static class JobStates
{
    public static bool IsFinal(JobState state) => state is JobState.Succeeded or JobState.Failed or JobState.Cancelled or JobState.Expired or JobState.PartiallySucceeded;

    /// <summary>As the API writes it: <c>JOB_STATE_SUCCEEDED</c>.</summary>
    public static string Name(JobState state) => $"JOB_STATE_{state.ToString().ToUpperInvariant()}";
}

/// <summary>Which kind of job a name <c>projects/P/locations/L/COLLECTION/ID</c> is of.</summary>
internal static class JobKinds
{
    public const string Custom = "customJobs", Tuning = "hyperparameterTuningJobs", Batch = "batchPredictionJobs";

    public static string Collection(string name) => name.Split('/')[^2];

    public static string Id(string name) => name[(name.LastIndexOf('/') + 1)..];

    /// <summary><c>projects/P/locations/L</c>.</summary>
    public static string Parent(string name) => name[..name.IndexOf($"/{Collection(name)}/", StringComparison.Ordinal)];

    public static IMessage Parse(string collection, byte[] bytes) => collection switch
    {
        Custom => CustomJob.Parser.ParseFrom(bytes),
        Tuning => HyperparameterTuningJob.Parser.ParseFrom(bytes),
        Batch => BatchPredictionJob.Parser.ParseFrom(bytes),
        _ => throw new ArgumentException($"'{collection}' is no kind of job.", nameof(collection)),
    };

    public static IMessage Copy(IMessage job) => job.Descriptor.Parser.ParseFrom(job.ToByteArray());
}

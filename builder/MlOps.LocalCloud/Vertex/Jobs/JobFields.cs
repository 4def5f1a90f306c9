using System.Buffers.Binary;
using System.Globalization;
using Google.Cloud.AIPlatform.V1;
using Google.Protobuf;
using Google.Protobuf.Collections;
using Google.Protobuf.WellKnownTypes;
using Status = Google.Rpc.Status;

namespace MlOps.LocalCloud.Vertex.Jobs;

/// <summary>The fields that CustomJob, HyperparameterTuningJob and BatchPredictionJob have in common, under the same names.</summary>
internal static class JobFields
{
    public static string DisplayName(this IMessage job) => (string)job.Field("display_name")!;

    public static JobState State(this IMessage job) => (JobState)job.Field("state")!;

    public static Status? Error(this IMessage job) => (Status?)job.Field("error");

    public static Timestamp? Time(this IMessage job, string field) => (Timestamp?)job.Field(field);

    public static string? Label(this IMessage job, string key) => ((MapField<string, string>)job.Field("labels")!).GetValueOrDefault(key);
}

internal static class JobStates
{
    public static bool IsFinal(JobState state) => state is JobState.Succeeded or JobState.Failed or JobState.Cancelled or JobState.Expired or JobState.PartiallySucceeded;
}

/// <summary>Which kind of job a name <c>projects/P/locations/L/COLLECTION/ID</c> is of.</summary>
internal static class JobKinds
{
    public const string Custom = "customJobs", Tuning = "hyperparameterTuningJobs", Batch = "batchPredictionJobs";

    public static string Collection(string name) => name.Split('/')[^2];

    /// <summary>An id as Vertex AI gives them, nineteen digits.</summary>
    /// <param name="bytes">Eight, by chance or of a hash.</param>
    public static string IdOf(ReadOnlySpan<byte> bytes) => (BinaryPrimitives.ReadUInt64BigEndian(bytes) % 8_000_000_000_000_000_000 + 1_000_000_000_000_000_000).ToString(CultureInfo.InvariantCulture);

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

using System.Security.Cryptography;
using Google.Cloud.AIPlatform.V1;
using Google.LongRunning;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using MlOps.LocalCloud.Hosting;
using MlOps.LocalCloud.Operations;
using MlOps.LocalCloud.Vertex.Jobs.Batch;
using MlOps.LocalCloud.Vertex.Jobs.Custom;
using MlOps.LocalCloud.Vertex.Jobs.Tables;
using MlOps.LocalCloud.Vertex.Jobs.Tuning;

namespace MlOps.LocalCloud.Vertex.Jobs.Serving;

/// <summary>
/// What the calls on jobs come down to, whatever their kind; pipelines' tasks use it too. Refusals are RpcExceptions:
/// INVALID_ARGUMENT with every problem, UNIMPLEMENTED, NOT_FOUND.
/// </summary>
internal sealed class JobDesk(JobRuns runs, JobMessages table, OperationsTable operations, VertexOptions options)
{
    private const int LargestPage = 100, LongestName = 128;
    private static readonly string[] OutputOnly = ["error", "start_time", "end_time", "web_access_uris", "trials", "output_info", "partial_failures", "resources_consumed", "completion_stats", "model_version_id"];

    /// <summary>Checks, stores and starts a job.</summary>
    /// <param name="id">Null: a new number.</param>
    public T Create<T>(string parent, string collection, T? given, string? id = null)
        where T : class, IMessage
    {
        VertexCalls.Parent(parent);
        var job = (T)JobKinds.Copy(given ?? throw Rpc.Invalid("The job is missing."));
        Check(job);
        foreach (var field in OutputOnly.Select(name => job.Descriptor.FindFieldByName(name)).Where(field => field is not null))
        {
            field.Accessor.Clear(job);
        }

        job.Set("name", $"{parent}/{collection}/{id ?? JobKinds.IdOf(RandomNumberGenerator.GetBytes(8))}");
        job.Set("state", JobState.Queued);
        job.Set("create_time", options.Time.GetUtcNow().ToTimestamp());
        job.Set("update_time", job.Time("create_time"));
        return runs.Start(job) ? (T)JobKinds.Copy(job) : throw Rpc.Exists($"There is a job {job.Name()} already.");
    }

    public T Get<T>(string name)
        where T : class, IMessage => Find(name) as T ?? throw Rpc.NotFound($"There is no job {name}.");

    /// <summary>The job of any kind; null without one.</summary>
    public IMessage? Find(string name) => name.Split('/').Length == 6 ? runs.Find(name) : null;

    /// <summary>Newest first.</summary>
    public (List<T> Found, string NextPageToken) List<T>(string parent, string collection, string filter, int size, string token, FieldMask? mask)
        where T : class, IMessage
    {
        var page = Page.Of(size, token, LargestPage);
        var found = table.List(VertexCalls.Parent(parent), collection).Where(JobFilter.Parse(filter)).Skip(page.Skip).Take(page.Size + 1).Cast<T>().ToList();
        return ([.. found.Take(page.Size).Select(job => Masked(job, mask))], page.Next(found.Count));
    }

    /// <summary>Asks for a job to be cancelled; one that has ended stays as it is.</summary>
    public void Cancel<T>(string name)
        where T : class, IMessage
    {
        Get<T>(name);
        runs.Live(name)?.Cancel();
    }

    public Operation Delete<T>(string name)
        where T : class, IMessage
    {
        var job = Get<T>(name);
        if (!JobStates.IsFinal(job.State()))
        {
            throw Rpc.Precondition($"The job {name} is {job.Text("state")}; cancel it and wait for its end before deleting it.");
        }

        table.Delete(name);
        return operations.Deleted(JobKinds.Parent(name), options.Time);
    }

    /// <summary>Ends when the job has ended.</summary>
    public Task Ended(string name) => runs.Ended(name);

    private void Check(IMessage job)
    {
        List<string> problems = job.DisplayName().Length is 0 or > LongestName ? [$"displayName must have 1 to {LongestName} characters."] : [];
        var (more, unimplemented) = job switch
        {
            CustomJob custom => (CustomJobCheck.Problems("jobSpec", custom.JobSpec), null),
            HyperparameterTuningJob tuning => (StudyCheck.Problems(tuning), StudyCheck.Unimplemented(tuning.StudySpec)),
            BatchPredictionJob batch => (BatchCheck.Problems(batch), BatchCheck.Unimplemented(batch)),
            _ => throw new NotSupportedException(job.Descriptor.Name),
        };
        problems.AddRange(more);
        if (problems.Count > 0)
        {
            throw Rpc.Invalid(string.Join('\n', problems));
        }

        if (unimplemented is not null)
        {
            throw Rpc.Unimplemented(unimplemented);
        }
    }

    private static T Masked<T>(T job, FieldMask? mask)
        where T : class, IMessage
    {
        if (mask is null || mask.Paths.Count == 0)
        {
            return job;
        }

        var masked = (T)job.Descriptor.Parser.ParseFrom([]);
        FieldMasks.Apply(mask.Paths.Select(FieldMasks.SnakeCase), job, masked);
        return masked;
    }
}

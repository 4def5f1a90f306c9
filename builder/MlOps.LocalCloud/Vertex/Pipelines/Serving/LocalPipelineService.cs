using System.Globalization;
using System.Security.Cryptography;
using System.Text.RegularExpressions;
using Google.Cloud.AIPlatform.V1;
using Google.LongRunning;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using MlOps.Core.Problems;
using MlOps.LocalCloud.Hosting;
using MlOps.LocalCloud.Operations;
using MlOps.LocalCloud.Vertex.Metadata;
using MlOps.LocalCloud.Vertex.Pipelines.Tables;
using Code = Grpc.Core.StatusCode;

namespace MlOps.LocalCloud.Vertex.Pipelines.Serving;

/// <summary>Vertex AI's PipelineService for pipeline jobs; every other call of it answers UNIMPLEMENTED.</summary>
internal sealed partial class LocalPipelineService(PipelineRunner runner, JobTable jobs, RunRecorder recorder, OperationsTable operations, VertexOptions options) : PipelineService.PipelineServiceBase
{
    private const int LargestPage = 100;
    private const int LargestBatch = 32;

    public override async Task<PipelineJob> CreatePipelineJob(CreatePipelineJobRequest request, ServerCallContext context)
    {
        var parent = VertexCalls.Parent(request.Parent);
        var job = request.PipelineJob?.Clone() ?? throw Refused("pipelineJob is missing.");
        await TemplateReading.FillAsync(job, options, context.CancellationToken);
        ClearOutputOnly(job);
        job.CreateTime = job.UpdateTime = options.Time.GetUtcNow().ToTimestamp();
        job.Name = $"{parent}/pipelineJobs/{JobId(request.PipelineJobId, job)}";
        job.State = PipelineState.Pending;
        var prepared = Prepared(job);
        job.DisplayName = job.DisplayName.Length > 0 ? job.DisplayName : prepared.Spec.Name;
        if (!jobs.Add(job))
        {
            throw new RpcException(new Status(Code.AlreadyExists, $"There is a pipeline job {job.Name} already."));
        }

        runner.Start(prepared);
        return job;
    }

    public override Task<PipelineJob> GetPipelineJob(GetPipelineJobRequest request, ServerCallContext context) => Task.FromResult(Existing(request.Name));

    public override Task<ListPipelineJobsResponse> ListPipelineJobs(ListPipelineJobsRequest request, ServerCallContext context)
    {
        var page = Page.Of(request.PageSize, request.PageToken, LargestPage);
        var matches = JobFilter.Parse(request.Filter);
        var ordered = JobOrder.Parse(request.OrderBy)(jobs.List(VertexCalls.Parent(request.Parent)).Select(Listed).Where(matches));
        var found = ordered.Skip(page.Skip).Take(page.Size + 1).ToList();
        return Task.FromResult(new ListPipelineJobsResponse { PipelineJobs = { found.Take(page.Size) }, NextPageToken = page.Next(found.Count) });
    }

    public override Task<Empty> CancelPipelineJob(CancelPipelineJobRequest request, ServerCallContext context)
    {
        Cancel(request.Name);
        return Task.FromResult(new Empty());
    }

    public override Task<Operation> BatchCancelPipelineJobs(BatchCancelPipelineJobsRequest request, ServerCallContext context)
    {
        var parent = VertexCalls.Parent(request.Parent);
        var found = Batch(request.Names).ConvertAll(Existing);
        found.ForEach(job => runner.Live(job.Name)?.Cancel());
        return Task.FromResult(operations.Done(parent, new BatchCancelPipelineJobsOperationMetadata { GenericMetadata = VertexCalls.Metadata(options.Time) }, new BatchCancelPipelineJobsResponse { PipelineJobs = { found.Select(Listed) } }));
    }

    public override Task<Operation> DeletePipelineJob(DeletePipelineJobRequest request, ServerCallContext context)
    {
        Delete([Existing(request.Name)]);
        return Task.FromResult(operations.Deleted(ParentOf(request.Name), options.Time));
    }

    public override Task<Operation> BatchDeletePipelineJobs(BatchDeletePipelineJobsRequest request, ServerCallContext context)
    {
        var parent = VertexCalls.Parent(request.Parent);
        var found = Batch(request.Names).ConvertAll(Existing);
        Delete(found);
        return Task.FromResult(operations.Deleted(parent, options.Time, new BatchDeletePipelineJobsResponse { PipelineJobs = { found } }));
    }

    private PreparedJob Prepared(PipelineJob job)
    {
        try
        {
            return JobPreparation.Of(job, recorder.Artifact);
        }
        catch (InvalidInputException error)
        {
            throw Refused(string.Join('\n', error.Problems.Select(problem => problem.Message)));
        }
    }

    private PipelineJob Existing(string name) =>
        runner.Live(name)?.Describe(detail: true) ?? jobs.Find(name) ?? throw new RpcException(new Status(Code.NotFound, $"There is no pipeline job {name}."));

    private PipelineJob Listed(PipelineJob job)
    {
        var listed = runner.Live(job.Name)?.Describe(detail: false) ?? job;
        listed.JobDetail = null;
        return listed;
    }

    private void Cancel(string name)
    {
        if (!PipelineStates.IsFinal(Existing(name).State))
        {
            runner.Live(name)?.Cancel();
        }
    }

    // All or none, as the contract has it.
    private void Delete(List<PipelineJob> found)
    {
        foreach (var job in found.Where(job => !PipelineStates.IsFinal(job.State)))
        {
            throw new RpcException(new Status(Code.FailedPrecondition, $"The pipeline job {job.Name} is {job.Text("state")}; cancel it and wait for its end before deleting it."));
        }

        found.ForEach(job => jobs.Delete(job.Name));
    }

    private static List<string> Batch(ICollection<string> names) =>
        names.Count is > 0 and <= LargestBatch ? [.. names.Distinct(StringComparer.Ordinal)] : throw Refused($"'names' holds {names.Count} names; expected 1 to {LargestBatch}.");

    private static void ClearOutputOnly(PipelineJob job)
    {
        (job.StartTime, job.EndTime, job.Error, job.JobDetail, job.ScheduleName) = (null, null, null, null, "");
    }

    private string JobId(string given, PipelineJob job)
    {
        if (given.Length == 0)
        {
            var name = job.PipelineSpec?.Fields.TryGetValue("pipelineInfo", out var info) ?? false ? info.StructValue?.Fields.GetValueOrDefault("name")?.StringValue : null;
            var stem = string.Concat((name ?? "pipeline").ToLowerInvariant().Where(letter => char.IsAsciiLetterOrDigit(letter) || letter == '-').Take(90));
            given = string.Create(CultureInfo.InvariantCulture, $"{(stem.Length > 0 && char.IsAsciiLetter(stem[0]) ? stem : "p" + stem)}-{options.Time.GetUtcNow():yyyyMMddHHmmss}-{RandomNumberGenerator.GetHexString(6, lowercase: true)}");
        }

        return IdGrammar().IsMatch(given) ? given : throw Refused($"The pipeline job id '{given}' must match [a-z][-a-z0-9]{{0,126}}.");
    }

    private static string ParentOf(string name) => name[..name.IndexOf("/pipelineJobs/", StringComparison.Ordinal)];

    private static RpcException Refused(string message) => new(new Status(Code.InvalidArgument, message));

    [GeneratedRegex("^[a-z][-a-z0-9]{0,126}$")]
    private static partial Regex IdGrammar();
}

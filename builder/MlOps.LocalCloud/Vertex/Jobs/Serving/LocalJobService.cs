using Google.Cloud.AIPlatform.V1;
using Google.LongRunning;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using MlOps.LocalCloud.Hosting;
using MlOps.LocalCloud.Vertex.Jobs.Batch;

namespace MlOps.LocalCloud.Vertex.Jobs.Serving;

/// <summary>Vertex AI's JobService for custom, hyperparameter tuning and batch prediction jobs; every other call of it answers UNIMPLEMENTED.</summary>
internal sealed class LocalJobService(JobDesk desk, VertexOptions options) : JobService.JobServiceBase
{
    public override Task<CustomJob> CreateCustomJob(CreateCustomJobRequest request, ServerCallContext context) => Task.FromResult(desk.Create(request.Parent, JobKinds.Custom, request.CustomJob));

    public override Task<CustomJob> GetCustomJob(GetCustomJobRequest request, ServerCallContext context) => Task.FromResult(desk.Get<CustomJob>(request.Name));

    public override Task<ListCustomJobsResponse> ListCustomJobs(ListCustomJobsRequest request, ServerCallContext context)
    {
        var (found, next) = desk.List<CustomJob>(request.Parent, JobKinds.Custom, request.Filter, request.PageSize, request.PageToken, request.ReadMask);
        return Task.FromResult(new ListCustomJobsResponse { CustomJobs = { found }, NextPageToken = next });
    }

    public override Task<Operation> DeleteCustomJob(DeleteCustomJobRequest request, ServerCallContext context) => Task.FromResult(desk.Delete<CustomJob>(request.Name));

    public override Task<Empty> CancelCustomJob(CancelCustomJobRequest request, ServerCallContext context)
    {
        desk.Cancel<CustomJob>(request.Name);
        return Task.FromResult(new Empty());
    }

    public override Task<HyperparameterTuningJob> CreateHyperparameterTuningJob(CreateHyperparameterTuningJobRequest request, ServerCallContext context) => Task.FromResult(desk.Create(request.Parent, JobKinds.Tuning, request.HyperparameterTuningJob));

    public override Task<HyperparameterTuningJob> GetHyperparameterTuningJob(GetHyperparameterTuningJobRequest request, ServerCallContext context) => Task.FromResult(desk.Get<HyperparameterTuningJob>(request.Name));

    public override Task<ListHyperparameterTuningJobsResponse> ListHyperparameterTuningJobs(ListHyperparameterTuningJobsRequest request, ServerCallContext context)
    {
        var (found, next) = desk.List<HyperparameterTuningJob>(request.Parent, JobKinds.Tuning, request.Filter, request.PageSize, request.PageToken, request.ReadMask);
        return Task.FromResult(new ListHyperparameterTuningJobsResponse { HyperparameterTuningJobs = { found }, NextPageToken = next });
    }

    public override Task<Operation> DeleteHyperparameterTuningJob(DeleteHyperparameterTuningJobRequest request, ServerCallContext context) => Task.FromResult(desk.Delete<HyperparameterTuningJob>(request.Name));

    public override Task<Empty> CancelHyperparameterTuningJob(CancelHyperparameterTuningJobRequest request, ServerCallContext context)
    {
        desk.Cancel<HyperparameterTuningJob>(request.Name);
        return Task.FromResult(new Empty());
    }

    public override async Task<BatchPredictionJob> CreateBatchPredictionJob(CreateBatchPredictionJobRequest request, ServerCallContext context)
    {
        if (await BatchCheck.MissingModelAsync(request.BatchPredictionJob, options, context.CancellationToken) is { } missing)
        {
            throw Rpc.NotFound(missing);
        }

        return desk.Create(request.Parent, JobKinds.Batch, request.BatchPredictionJob);
    }

    public override Task<BatchPredictionJob> GetBatchPredictionJob(GetBatchPredictionJobRequest request, ServerCallContext context) => Task.FromResult(desk.Get<BatchPredictionJob>(request.Name));

    public override Task<ListBatchPredictionJobsResponse> ListBatchPredictionJobs(ListBatchPredictionJobsRequest request, ServerCallContext context)
    {
        var (found, next) = desk.List<BatchPredictionJob>(request.Parent, JobKinds.Batch, request.Filter, request.PageSize, request.PageToken, request.ReadMask);
        return Task.FromResult(new ListBatchPredictionJobsResponse { BatchPredictionJobs = { found }, NextPageToken = next });
    }

    public override Task<Operation> DeleteBatchPredictionJob(DeleteBatchPredictionJobRequest request, ServerCallContext context) => Task.FromResult(desk.Delete<BatchPredictionJob>(request.Name));

    public override Task<Empty> CancelBatchPredictionJob(CancelBatchPredictionJobRequest request, ServerCallContext context)
    {
        desk.Cancel<BatchPredictionJob>(request.Name);
        return Task.FromResult(new Empty());
    }
}

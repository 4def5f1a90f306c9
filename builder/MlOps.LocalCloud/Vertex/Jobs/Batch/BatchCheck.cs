using Google.Cloud.AIPlatform.V1;
using MlOps.Core.Images;
using MlOps.Google.Storage;
using Destination = Google.Cloud.AIPlatform.V1.BatchPredictionJob.Types.OutputConfig.DestinationOneofCase;
using Source = Google.Cloud.AIPlatform.V1.BatchPredictionJob.Types.InputConfig.SourceOneofCase;

namespace MlOps.LocalCloud.Vertex.Jobs.Batch;

/// <summary>What Vertex AI refuses in a batch prediction job, and what cannot be run here.</summary>
internal static class BatchCheck
{
    public static IEnumerable<string> Problems(BatchPredictionJob job)
    {
        if (job.Model.Length > 0 == job.UnmanagedContainerModel is not null)
        {
            yield return "Exactly one of model and unmanagedContainerModel must be given.";
        }

        if (job.UnmanagedContainerModel is { } model && !ImageReference.TryParse(model.ContainerSpec?.ImageUri ?? "", out _))
        {
            yield return "unmanagedContainerModel.containerSpec.imageUri is missing, or not an image's name.";
        }

        if (job.InputConfig is null or { SourceCase: Source.None } or { GcsSource.Uris.Count: 0 })
        {
            yield return "inputConfig.gcsSource.uris is missing: gs://BUCKET/NAME.";
        }

        foreach (var uri in job.InputConfig?.GcsSource?.Uris.Where(uri => !GcsUri.TryParse(uri, out var parsed) || parsed.Name.Split('/').Contains("..", StringComparer.Ordinal)) ?? [])
        {
            yield return $"inputConfig.gcsSource.uris: '{uri}' is not of the form gs://BUCKET/NAME.";
        }

        if (job.OutputConfig is null or { DestinationCase: Destination.None })
        {
            yield return "outputConfig.gcsDestination is missing.";
        }

        if (job.OutputConfig?.GcsDestination is { } output && (!GcsUri.TryParse(output.OutputUriPrefix, out var folder) || folder.Name.Split('/').Contains("..", StringComparer.Ordinal)))
        {
            yield return $"outputConfig.gcsDestination.outputUriPrefix '{output.OutputUriPrefix}' is not of the form gs://BUCKET/FOLDER.";
        }

        if (job.InstanceConfig is { IncludedFields.Count: > 0, ExcludedFields.Count: > 0 })
        {
            yield return "instanceConfig has both includedFields and excludedFields.";
        }

        if (job.InstanceConfig?.InstanceType is not (null or "" or "object" or "array"))
        {
            yield return $"instanceConfig.instanceType is '{job.InstanceConfig.InstanceType}'; expected object or array.";
        }
    }

    /// <summary>Says that the model which a job names is not there; null where it is, or is no name of one to be looked up.</summary>
    public static async Task<string?> MissingModelAsync(BatchPredictionJob? job, VertexOptions options, CancellationToken cancel) =>
        job is { Model.Length: > 0, UnmanagedContainerModel: null } && Unimplemented(job) is null && await options.ModelAsync(job.Model, cancel) is null ? NoModel(job) : null;

    public static string NoModel(BatchPredictionJob job) => $"There is no model {job.Model}. A model that is not uploaded can be given as unmanagedContainerModel.";

    /// <summary>What a job asks for that is not served here, although it is right.</summary>
    public static string? Unimplemented(BatchPredictionJob job) => job switch
    {
        { InputConfig.SourceCase: Source.BigquerySource } or { OutputConfig.DestinationCase: Destination.BigqueryDestination } =>
            "The local cloud has no BigQuery; give inputConfig.gcsSource and outputConfig.gcsDestination.",
        { InputConfig.SourceCase: Source.VertexMultimodalDatasetSource } or { OutputConfig.DestinationCase: Destination.VertexMultimodalDatasetDestination } => "The local cloud has no managed datasets.",
        { InputConfig.InstancesFormat: not ("jsonl" or "csv") } => $"The local cloud reads instances of the formats jsonl and csv; inputConfig.instancesFormat is '{job.InputConfig.InstancesFormat}'.",
        { OutputConfig.PredictionsFormat: not "jsonl" } => $"The local cloud writes predictions as jsonl; outputConfig.predictionsFormat is '{job.OutputConfig.PredictionsFormat}'.",
        { GenerateExplanation: true } => "The local cloud makes no explanations (generateExplanation).",
        { Model: var model } when model.StartsWith("publishers/", StringComparison.Ordinal) || model.Contains("/publishers/", StringComparison.Ordinal) => "The local cloud has no publisher models.",
        _ => null,
    };
}

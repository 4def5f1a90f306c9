using Google.Cloud.AIPlatform.V1;
using MlOps.LocalCloud.Hosting;
using static MlOps.LocalCloud.Hosting.FilterField<Google.Cloud.AIPlatform.V1.PipelineJob>;

namespace MlOps.LocalCloud.Vertex.Pipelines.Serving;

/// <summary><c>filter</c> of a list, with the fields that ListPipelineJobsRequest names.</summary>
internal static class JobFilter
{
    private const string Example = """state="PIPELINE_STATE_FAILED", display_name="train*", labels.commit="…", create_time>"2026-01-31T00:00:00Z" """;

    /// <exception cref="Grpc.Core.RpcException">INVALID_ARGUMENT: the filter cannot be read.</exception>
    public static Func<PipelineJob, bool> Parse(string text) => ListFilter<PipelineJob>.Parse(text, Field, Example.TrimEnd());

    private static FilterField<PipelineJob>? Field(string name) => name switch
    {
        "create_time" => new Time(job => job.CreateTime),
        "update_time" => new Time(job => job.UpdateTime),
        "start_time" => new Time(job => job.StartTime),
        "end_time" => new Time(job => job.EndTime),
        "pipeline_name" => Texts.One(job => job.PipelineSpec?.Fields.GetValueOrDefault("pipelineInfo")?.StructValue?.Fields.GetValueOrDefault("name")?.StringValue),
        "display_name" => Texts.One(job => job.DisplayName),
        "name" => Texts.One(job => job.Name),
        "state" => Texts.One(job => job.Text("state")),
        "template_uri" => Texts.One(job => job.TemplateUri),
        "template_metadata.version" => Texts.One(job => job.TemplateMetadata?.Version),
        "pipeline_job_user_id" or "service_account" => Texts.One(job => job.ServiceAccount),
        _ when name.StartsWith("labels.", StringComparison.Ordinal) => Texts.One(job => job.Labels.GetValueOrDefault(name["labels.".Length..].Trim('"'))),
        _ => null,
    };
}

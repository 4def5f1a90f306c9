using System.Globalization;
using MlOps.LocalCloud.Vertex.Pipelines.Interpreting;

namespace MlOps.LocalCloud.Vertex.Pipelines.Placeholders;

/// <summary>Expressions that tell about the run and the task itself.</summary>
internal static class RunPlaceholders
{
    public static string? Resolve(Placeholder placeholder, RunFacts run, TaskFacts task) => placeholder.Path switch
    {
        ["pipeline_job_name"] => run.JobId,
        ["pipeline_job_resource_name"] => run.JobName,
        ["pipeline_job_uuid"] => run.Uuid,
        ["pipeline_task_name"] => task.Name,
        ["pipeline_task_uuid"] => task.Id.ToString(CultureInfo.InvariantCulture),
        ["pipeline_root"] => run.Root,
        ["pipeline_google_cloud_project_id"] => run.JobName.Split('/')[1],
        ["pipeline_google_cloud_location"] => run.JobName.Split('/')[3],

        // What only Google's jobs have.
        ["pipeline_service_account"] or ["pipeline_network"] or ["pipeline_persistent_resource_id"] or ["pipeline_encryption_key_name"] => "",
        ["pipeline_job_create_time_utc"] or ["pipeline_job_schedule_time_utc"] => run.CreateTime.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.FFFFFF'Z'", CultureInfo.InvariantCulture),
        _ => null,
    };
}

using Google.Cloud.AIPlatform.V1;
using Google.Protobuf.WellKnownTypes;
using MlOps.LocalCloud.Vertex.Pipelines.Interpreting;
using Value = Google.Protobuf.WellKnownTypes.Value;

namespace MlOps.LocalCloud.Vertex.Metadata;

/// <summary>A run's two contexts: the pipeline, which all its runs share, and the run below it, with the job's id as its own.</summary>
internal static class RunContexts
{
    public static Context Pipeline(RunFacts facts, string pipeline, string store) => new()
    {
        Name = PipelineName(facts, pipeline, store),
        DisplayName = pipeline,
        SchemaTitle = SystemSchemas.Pipeline,
        SchemaVersion = SystemSchemas.Version,
        CreateTime = facts.CreateTime.ToTimestamp(),
        UpdateTime = facts.CreateTime.ToTimestamp(),
    };

    /// <summary>With the job's labels: they lead back to the commit.</summary>
    public static Context Run(PipelineJob job, RunFacts facts, string pipeline, string store)
    {
        var run = new Context
        {
            Name = RunName(facts, store),
            DisplayName = facts.JobId,
            SchemaTitle = SystemSchemas.PipelineRun,
            SchemaVersion = SystemSchemas.Version,
            CreateTime = facts.CreateTime.ToTimestamp(),
            UpdateTime = facts.CreateTime.ToTimestamp(),
            ParentContexts = { PipelineName(facts, pipeline, store) },
            Metadata = new Struct { Fields = { ["pipeline_job"] = Value.ForString(job.Name), ["pipeline"] = Value.ForString(pipeline) } },
        };
        run.Labels.Add(job.Labels);
        if (job.TemplateUri.Length > 0)
        {
            run.Metadata.Fields["template_uri"] = Value.ForString(job.TemplateUri);
        }

        if (job.TemplateMetadata?.Version is { Length: > 0 } version)
        {
            run.Metadata.Fields["template_version"] = Value.ForString(version);
        }

        return run;
    }

    private static string RunName(RunFacts facts, string store) => $"{store}/contexts/{facts.JobId}";

    // A job may have its pipeline's name for an id; the two must not become one context.
    private static string PipelineName(RunFacts facts, string pipeline, string store)
    {
        var id = string.Concat(pipeline.ToLowerInvariant().Select(letter => char.IsAsciiLetterOrDigit(letter) ? letter : '-'));
        return $"{store}/contexts/{(id == facts.JobId ? id + "-pipeline" : id)}";
    }
}

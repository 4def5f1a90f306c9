using Google.Cloud.AIPlatform.V1;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using MlOps.Core.Problems;
using MlOps.Core.Yaml;
using MlOps.LocalCloud.Vertex.Pipelines.Values;
using Code = Grpc.Core.StatusCode;

namespace MlOps.LocalCloud.Vertex.Pipelines.Serving;

/// <summary>A job without a pipeline of its own gets the one at its <c>templateUri</c>.</summary>
internal static class TemplateReading
{
    /// <exception cref="RpcException">INVALID_ARGUMENT: there is neither; NOT_FOUND: there is nothing at the address.</exception>
    public static async Task FillAsync(PipelineJob job, VertexOptions options, CancellationToken cancel)
    {
        if (job.TemplateUri.Length == 0)
        {
            if (job.PipelineSpec is null or { Fields.Count: 0 })
            {
                throw new RpcException(new Status(Code.InvalidArgument, "Either pipelineSpec or templateUri must be given."));
            }

            return;
        }

        var template = await options.TemplateAsync(job.TemplateUri, cancel);
        if (template is not null)
        {
            job.TemplateMetadata = new PipelineTemplateMetadata { Version = template.Version };
        }

        if (job.PipelineSpec is null or { Fields.Count: 0 })
        {
            job.PipelineSpec = template is null ? throw new RpcException(new Status(Code.NotFound, $"There is no pipeline at {job.TemplateUri}.")) : Read(job.TemplateUri, template.Content);
        }
    }

    private static Struct Read(string uri, string content)
    {
        var problems = new List<Problem>();
        var document = YamlText.ParseOne(uri, content, problems);
        if (document is not YamlMap map || problems.Count > 0)
        {
            throw new RpcException(new Status(Code.InvalidArgument, $"{uri} is not a compiled pipeline. {string.Join('\n', problems)}"));
        }

        var spec = Struct.Parser.ParseJson(Json.Text(YamlValue.Of(map)));

        // A PipelineJob file holds the pipeline among its own settings.
        return spec.Fields.TryGetValue("pipelineSpec", out var inner) && inner.StructValue is { } pipeline ? pipeline : spec;
    }
}

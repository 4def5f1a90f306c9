using System.Text;

namespace MlOps.LocalCloud.Tests.Kfp;

/// <summary>The KFP SDK's requests as it sends them.</summary>
internal static class KfpCalls
{
    public static string Pipeline(string name, string extra = "") => $$"""{"pipelineInfo": {"name": "{{name}}"}, "schemaVersion": "2.1.0", "root": {}{{extra}}}""";

    public static Task<Answer> UploadAsync(this TestCloud cloud, string repository, string pipeline, string? tags = null, params (string Name, string Value)[] headers)
    {
        var form = new MultipartFormDataContent();
        if (tags is not null)
        {
            form.Add(new StringContent(tags), "tags");
        }

        form.Add(new ByteArrayContent(Encoding.UTF8.GetBytes(pipeline)), "content", "pipeline.json");
        return cloud.SendAsync(HttpMethod.Post, $"/kfp/us-central1/local/{repository}", form, headers);
    }
}

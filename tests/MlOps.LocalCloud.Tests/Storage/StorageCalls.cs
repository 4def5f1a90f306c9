using System.Text;

namespace MlOps.LocalCloud.Tests.Storage;

/// <summary>Storage's JSON API as raw HTTP.</summary>
internal static class StorageCalls
{
    public static string ObjectPath(string bucket, string name) => $"/storage/v1/b/{bucket}/o/{Uri.EscapeDataString(name)}";

    public static async Task<string> BucketAsync(this TestCloud cloud)
    {
        var name = $"b-{Guid.NewGuid():N}"[..20];
        (await cloud.PostAsync("/storage/v1/b?project=p", $$"""{"name": "{{name}}"}""")).Ok();
        return name;
    }

    public static Task<Answer> PutAsync(this TestCloud cloud, string bucket, string name, string content, string parameters = "") =>
        cloud.PutAsync(bucket, name, Encoding.UTF8.GetBytes(content), parameters);

    public static Task<Answer> PutAsync(this TestCloud cloud, string bucket, string name, byte[] content, string parameters = "") =>
        cloud.SendAsync(HttpMethod.Post, $"/upload/storage/v1/b/{bucket}/o?uploadType=media&name={Uri.EscapeDataString(name)}{parameters}", new ByteArrayContent(content));

    public static Task<Answer> ReadAsync(this TestCloud cloud, string bucket, string name, params (string Name, string Value)[] headers) =>
        cloud.GetAsync(ObjectPath(bucket, name) + "?alt=media", headers);

    public static async Task<string[]> NamesAsync(this TestCloud cloud, string bucket, string parameters = "") =>
        [.. ((await cloud.GetAsync($"/storage/v1/b/{bucket}/o?{parameters}")).Ok().Json["items"]?.AsArray() ?? []).Select(item => item!["name"]!.ToString())];
}

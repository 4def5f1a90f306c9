using System.Text.Json;
using MlOps.LocalCloud.Hosting;
using MlOps.LocalCloud.Vertex.Pipelines.Executing;

namespace MlOps.LocalCloud.Vertex.Pipelines.Tables;

/// <summary>What tasks gave, by the fingerprint of what they did; only successes are kept.</summary>
internal sealed class CacheTable(CloudDatabase database)
{
    public CachedResult? Find(string fingerprint)
    {
        var text = database.Read(connection => connection.First("SELECT result FROM pipeline_cache WHERE fingerprint = $fingerprint", row => row.GetString(0), ("$fingerprint", fingerprint)));
        return text is null ? null : JsonSerializer.Deserialize(text, RunJson.Default.CachedResult);
    }

    public void Put(string fingerprint, CachedResult result) => database.Write(connection => connection.Execute(
        "INSERT OR REPLACE INTO pipeline_cache (fingerprint, result) VALUES ($fingerprint, $result)",
        ("$fingerprint", fingerprint),
        ("$result", JsonSerializer.Serialize(result, RunJson.Default.CachedResult))));
}

using System.Text;
using System.Text.Json.Nodes;
using MlOps.LocalCloud.Storage;
using static Google.Cloud.CloudBuild.V1.Hash.Types;

namespace MlOps.LocalCloud.CloudBuild.Artifacts;

/// <summary>
/// The lines of <c>artifacts-BUILDID.json</c>, one JSON record an artifact, with the proto's own field names and the MD5 in base64
/// of its base64: what Cloud Build writes (cloud-build-local/gsutil) and what is read from it (Spinnaker).
/// </summary>
internal static class ArtifactManifest
{
    public static string Line(StoredObject artifact)
    {
        var hash = new JsonObject { ["type"] = (int)HashType.Md5, ["value"] = Convert.ToBase64String(Encoding.ASCII.GetBytes(artifact.Hashes.Md5)) };
        return new JsonObject
        {
            ["location"] = $"gs://{artifact.Bucket}/{artifact.Name}#{artifact.Generation}",
            ["file_hash"] = new JsonArray(new JsonObject { ["file_hash"] = new JsonArray(hash) }),
        }.ToJsonString();
    }
}

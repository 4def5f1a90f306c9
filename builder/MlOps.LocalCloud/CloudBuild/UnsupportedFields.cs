using Google.Cloud.CloudBuild.V1;
using MlOps.LocalCloud.Hosting;

namespace MlOps.LocalCloud.CloudBuild;

/// <summary>What Google would do and this cloud cannot: said when the build is created, not when it has run for minutes.</summary>
internal static class UnsupportedFields
{
    /// <exception cref="Grpc.Core.RpcException">UNIMPLEMENTED with all of them.</exception>
    public static void Refuse(Build build)
    {
        var refused = Packages(build.Artifacts).Concat(Keys(build)).ToList();
        if (refused.Count > 0)
        {
            throw Rpc.Unimplemented("The local Cloud Build cannot run this build. " + string.Join(' ', refused));
        }
    }

    private static IEnumerable<string> Packages(global::Google.Cloud.CloudBuild.V1.Artifacts? artifacts)
    {
        var kinds = new (string Field, int Count)[]
        {
            ("mavenArtifacts", artifacts?.MavenArtifacts.Count ?? 0), ("goModules", artifacts?.GoModules.Count ?? 0),
            ("pythonPackages", artifacts?.PythonPackages.Count ?? 0), ("npmPackages", artifacts?.NpmPackages.Count ?? 0),
        };
        return kinds.Where(kind => kind.Count > 0)
            .Select(kind => $"artifacts.{kind.Field}: the local Artifact Registry holds no packages of languages; upload the files with artifacts.objects, or run this build on Google Cloud.");
    }

    private static IEnumerable<string> Keys(Build build)
    {
        const string Instead = "there is no Cloud KMS here to decrypt it; keep the value in Secret Manager (`gcloud secrets create`) and name it under availableSecrets.secretManager.";
        if (build.Secrets.Count > 0)
        {
            yield return $"secrets: {Instead}";
        }

        if (build.AvailableSecrets?.Inline.Count > 0)
        {
            yield return $"availableSecrets.inline: {Instead}";
        }
    }
}

using System.Text;
using Google.Cloud.CloudBuild.V1;
using Grpc.Core;
using MlOps.LocalCloud.SecretManager;
using static Google.Cloud.CloudBuild.V1.Build.Types.FailureInfo.Types;

namespace MlOps.LocalCloud.CloudBuild.Running;

/// <summary>The values of <c>availableSecrets.secretManager</c>, which are in the steps' environment and nowhere else.</summary>
internal static class BuildSecrets
{
    /// <returns>By the name of their environment variable.</returns>
    /// <exception cref="BuildFaultException">One cannot be had.</exception>
    public static Dictionary<string, string> Read(Build build, SecretAccess secrets)
    {
        var values = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var secret in build.AvailableSecrets?.SecretManager ?? [])
        {
            try
            {
                values[secret.Env] = Encoding.UTF8.GetString(secrets.Access(secret.VersionName));
            }
            catch (RpcException refusal)
            {
                throw new BuildFaultException(
                    FailureType.Unspecified, $"failed to access secret version for secret {secret.VersionName}: {refusal.Status.Detail}{Remedy(secret.VersionName, refusal)}", refusal);
            }
        }

        return values;
    }

    private static string Remedy(string version, RpcException refusal) => refusal.StatusCode == StatusCode.NotFound && version.Split('/') is ["projects", var project, "secrets", var secret, "versions", _]
        ? $" After 'eval \"$(mlops cloud env)\"': gcloud secrets create {secret} --project {project} --data-file FILE (a further version: gcloud secrets versions add)."
        : "";
}

using System.Text.RegularExpressions;
using Google.Cloud.CloudBuild.V1;

namespace MlOps.CloudBuild.Checks;

/// <summary>Names of Google's resources that have one form only.</summary>
internal static partial class ResourceNameChecks
{
    public static void Check(Build build, Func<string, bool> known, Findings findings)
    {
        var account = build.ServiceAccount;
        if (account.Length > 0 && known(account) && !Account().IsMatch(account))
        {
            var project = account.Split('@') is [_, var host] && host.EndsWith(".iam.gserviceaccount.com", StringComparison.Ordinal) ? host.Split('.')[0] : "PROJECT";
            findings.Error(CheckCodes.ServiceAccountFormat, $"'{account}' is no service account; expected 'projects/{project}/serviceAccounts/{(account.Contains('/', StringComparison.Ordinal) ? "ACCOUNT" : account)}'.", "serviceAccount");
        }

        for (var index = 0; index < (build.AvailableSecrets?.SecretManager.Count ?? 0); index++)
        {
            var version = build.AvailableSecrets!.SecretManager[index].VersionName;
            if (known(version) && !Version().IsMatch(version))
            {
                findings.Error(CheckCodes.SecretVersionFormat, $"'{version}' is no version of a secret; expected 'projects/PROJECT/secrets/SECRET/versions/VERSION', where VERSION may be 'latest'.", $"availableSecrets.secretManager[{index}].versionName");
            }
        }
    }

    [GeneratedRegex(@"^projects/[^/]+/serviceAccounts/[^/]+\z")]
    private static partial Regex Account();

    [GeneratedRegex(@"^projects/[^/]+/(?:locations/[^/]+/)?secrets/[^/]+/versions/[^/]+\z")]
    private static partial Regex Version();
}

using System.Text.RegularExpressions;
using static Google.Cloud.CloudBuild.V1.Build.Types;

namespace MlOps.LocalCloud.CloudBuild;

internal static partial class BuildStatuses
{
    public static bool IsFinal(this Status status) =>
        status is Status.Success or Status.Failure or Status.InternalError or Status.Timeout or Status.Cancelled or Status.Expired;

    /// <summary>As the API writes it: <c>INTERNAL_ERROR</c>.</summary>
    public static string Name(this Status status) => Word().Replace($"{status}", "_$0").ToUpperInvariant();

    [GeneratedRegex("(?<=[a-z])[A-Z]", RegexOptions.CultureInvariant)]
    private static partial Regex Word();
}

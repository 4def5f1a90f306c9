using Google.Cloud.CloudBuild.V1;
using MlOps.CloudBuild.Config;
using MlOps.Core.Problems;

namespace MlOps.CloudBuild.Checks;

/// <summary>What Cloud Build's server refuses (errors), and what it lets through and users trip over (warnings).</summary>
public static class BuildChecks
{
    /// <summary>Everything at once.</summary>
    /// <param name="build">As it was read or sent, before substitution.</param>
    public static void Check(Build build, ConfigPlaces places, ICollection<Problem> problems) => throw new NotSupportedException();
}

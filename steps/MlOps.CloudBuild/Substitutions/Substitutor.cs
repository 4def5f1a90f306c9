using Google.Cloud.CloudBuild.V1;
using MlOps.CloudBuild.Config;
using MlOps.Core.Problems;

namespace MlOps.CloudBuild.Substitutions;

/// <summary>Replaces <c>$KEY</c> and <c>${KEY}</c> in a build as Cloud Build does.</summary>
public static class Substitutor
{
    /// <param name="build">As it was read or sent; not changed.</param>
    /// <param name="given">Substitutions from outside, by name without <c>$</c>: they override the build's own. Built-ins may be among them; those that are not given are empty.</param>
    /// <param name="triggered">A trigger's build: always ALLOW_LOOSE with dynamic substitutions.</param>
    /// <param name="problems">Every undefined, unused or misspelt key, with the place of its use.</param>
    /// <returns>A copy with all fields substituted and <c>substitutions</c> holding the final values; null where there are errors.</returns>
    public static Build? Apply(Build build, IReadOnlyDictionary<string, string> given, bool triggered, ConfigPlaces places, ICollection<Problem> problems) =>
        throw new NotSupportedException();
}

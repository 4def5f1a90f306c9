using System.Collections.Immutable;
using Google.Cloud.CloudBuild.V1;
using MlOps.CloudBuild.Config;
using MlOps.CloudBuild.Substitutions;
using MlOps.Core.Problems;

namespace MlOps.CloudBuild.Checks;

/// <summary>A file from its text to all that is wrong with it: reading, checks, substitution, and checks of what substitution gives.</summary>
public static class ConfigChecker
{
    /// <summary>What Cloud Build itself sets in every build, so that names made of it have their form.</summary>
    private static readonly ImmutableDictionary<string, string> OfEveryBuild = ImmutableDictionary.CreateRange(StringComparer.Ordinal,
    [
        KeyValuePair.Create("PROJECT_ID", "project-id"),
        KeyValuePair.Create("PROJECT_NUMBER", "123456789012"),
        KeyValuePair.Create("BUILD_ID", "00000000-0000-0000-0000-000000000000"),
        KeyValuePair.Create("LOCATION", "global"),
    ]);

    /// <param name="file">Named in findings.</param>
    /// <param name="given">Substitutions from outside; those of triggers are empty where they are not among them.</param>
    /// <returns>In the order of the file.</returns>
    public static ImmutableArray<Problem> Check(string file, string text, IReadOnlyDictionary<string, string> given) => Check(BuildConfigReader.Read(file, text), given);

    /// <summary>As for a file, once it has been read: for who puts more into its message before it is checked.</summary>
    public static ImmutableArray<Problem> Check(ConfigReading<Build> reading, IReadOnlyDictionary<string, string> given)
    {
        var problems = reading.Problems.ToList();
        // What could be read of a refused file is checked too, so that everything is told at once.
        if ((reading.Message ?? reading.Draft) is { } build)
        {
            Check(build, given, reading.Places, problems);
        }

        return [.. problems.DistinctBy(problem => (problem.Code, problem.File, problem.Line, problem.Column, problem.Message)).OrderBy(problem => problem.Line).ThenBy(problem => problem.Column)];
    }

    private static void Check(Build build, IReadOnlyDictionary<string, string> given, ConfigPlaces places, List<Problem> problems)
    {
        BuildChecks.Check(build, places, problems);
        var known = problems.ToHashSet();
        var found = new List<Problem>();
        var resolved = Substitutor.Apply(build, OfEveryBuild.SetItems(given), triggered: false, places, found);
        // The reader has said of a key what the substitution says again.
        problems.AddRange(found.Where(problem => !known.Any(earlier => (earlier.Code, earlier.Line, earlier.Column) == (problem.Code, problem.Line, problem.Column))));
        BuildChecks.CheckResolved(resolved ?? build, substituted: resolved is not null, places, problems);
    }
}

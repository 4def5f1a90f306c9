using Google.Cloud.CloudBuild.V1;

namespace MlOps.CloudBuild.Checks;

/// <summary>Files and packages that a build uploads (<c>artifacts</c>).</summary>
internal static class ArtifactChecks
{
    private const int MostPaths = 100;

    public static void Check(Build build, Func<string, bool> known, Findings findings)
    {
        if (build.Artifacts is not { } artifacts)
        {
            return;
        }

        if (artifacts.Objects is { } objects)
        {
            Location(objects.Location, known, findings);
            Paths(objects.Paths, known, findings);
        }

        var repositories = artifacts.MavenArtifacts.Select((artifact, index) => (artifact.Repository, $"artifacts.mavenArtifacts[{index}]"))
            .Concat(artifacts.PythonPackages.Select((package, index) => (package.Repository, $"artifacts.pythonPackages[{index}]")))
            .Concat(artifacts.NpmPackages.Select((package, index) => (package.Repository, $"artifacts.npmPackages[{index}]")));
        foreach (var (_, path) in repositories.Where(package => package.Repository.Length == 0))
        {
            findings.Error(CheckCodes.ArtifactNoRepository, "There is no 'repository'; expected the one to upload to, such as 'https://us-python.pkg.dev/PROJECT/REPOSITORY'.", path);
        }
    }

    private static void Location(string location, Func<string, bool> known, Findings findings)
    {
        if (location.Length == 0)
        {
            findings.Error(CheckCodes.ObjectsNoLocation, "'objects' has no 'location'; expected the bucket and folder to upload to, such as 'gs://BUCKET/FOLDER/'.", "artifacts.objects");
        }
        else if (known(location) && !location.StartsWith("gs://", StringComparison.Ordinal))
        {
            findings.Error(CheckCodes.ObjectsLocation, $"'{location}' is no place in Storage; expected 'gs://BUCKET/FOLDER/'.", "artifacts.objects.location");
        }
    }

    private static void Paths(IReadOnlyList<string> paths, Func<string, bool> known, Findings findings)
    {
        if (paths.Count == 0)
        {
            findings.Error(CheckCodes.ObjectsNoPaths, "'objects' has no 'paths'; expected the files to upload.", "artifacts.objects");
        }

        if (paths.Count > MostPaths)
        {
            findings.Error(CheckCodes.ObjectsTooManyPaths, $"There are {paths.Count} paths; at most {MostPaths} are allowed. '*' and '**' stand for many files.", $"artifacts.objects.paths[{MostPaths}]");
        }

        var seen = new HashSet<string>(StringComparer.Ordinal);
        for (var index = 0; index < paths.Count; index++)
        {
            if (known(paths[index]) && paths[index].Any(char.IsWhiteSpace))
            {
                findings.Error(CheckCodes.ObjectsPathWhitespace, $"'{paths[index]}' holds a blank, which Cloud Build does not take; '?' stands for any one character.", $"artifacts.objects.paths[{index}]");
            }

            if (!seen.Add(paths[index]))
            {
                findings.Error(CheckCodes.ObjectsDuplicatePath, $"'{paths[index]}' is listed twice; remove one.", $"artifacts.objects.paths[{index}]");
            }
        }
    }
}

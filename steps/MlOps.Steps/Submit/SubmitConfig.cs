using Google.Cloud.CloudBuild.V1;
using Google.Protobuf.WellKnownTypes;
using MlOps.CloudBuild.Checks;
using MlOps.CloudBuild.Config;
using MlOps.CloudBuild.Substitutions;
using MlOps.Core.Problems;
using MlOps.Steps.Project;

namespace MlOps.Steps.Submit;

/// <summary>The build that is asked for, without its source; read and checked before anything is uploaded.</summary>
internal static class SubmitConfig
{
    /// <param name="problems">Everything that is wrong or doubtful, where it stands.</param>
    /// <returns>Null where there are errors.</returns>
    public static BuildMessage? Read(SubmitOptions options, string project, string location, ICollection<Problem> problems)
    {
        foreach (var refused in SubstitutionKeys.CheckSubmitted(options.Substitutions.Keys))
        {
            problems.Add(refused);
        }

        var (build, places) = options.Tag is { } tag ? (OfTag(tag), ConfigPlaces.None) : OfFile(options, problems);
        if (build is null)
        {
            return null;
        }

        BuildChecks.Check(build, places, problems);
        var known = new Dictionary<string, string>(options.Substitutions, StringComparer.Ordinal) { ["PROJECT_ID"] = project, ["LOCATION"] = location, ["BUILD_ID"] = Guid.Empty.ToString() };
        Substitutor.Apply(build, known, triggered: false, places, problems);
        return problems.Any(problem => problem.Severity == Severity.Error) ? null : With(build, options);
    }

    private static (BuildMessage?, ConfigPlaces) OfFile(SubmitOptions options, ICollection<Problem> problems)
    {
        if (!File.Exists(options.Config))
        {
            problems.Add(Missing(options));
            return (null, ConfigPlaces.None);
        }

        if (SourceText.Read("", options.Config, problems) is not { } text)
        {
            return (null, ConfigPlaces.None);
        }

        var reading = BuildConfigReader.Read(options.Config, text);
        foreach (var warning in reading.Warnings)
        {
            problems.Add(warning);
        }

        foreach (var error in reading.Errors)
        {
            problems.Add(Problem.Error("bad-config", error.Message, error.Spot));
        }

        return (reading.Errors.IsEmpty ? reading.Message : null, reading.Places);
    }

    /// <summary>As gcloud, the file is looked for in the current folder, not in the source's: the commonest mistake.</summary>
    private static Problem Missing(SubmitOptions options)
    {
        if (System.IO.Directory.Exists(options.Config))
        {
            return Problem.Error("file-missing", "This is a folder; --config names a build's file, such as cloudbuild.yaml.", new SourceSpot(options.Config));
        }

        var folder = Path.GetDirectoryName(options.Config) is { Length: > 0 } given ? given : ".";
        string[] places = [folder, .. options.Source is { } source && System.IO.Directory.Exists(source) ? [source] : Array.Empty<string>()];
        var near = places.Where(System.IO.Directory.Exists).SelectMany(place => System.IO.Directory.EnumerateFiles(place, "cloudbuild*"))
            .Select(file => Path.GetRelativePath(".", file)).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal).ToArray();
        var hint = near.Length > 0 ? $" There is: {string.Join(", ", near.Take(6))}." : " With --tag IMAGE a Dockerfile is built without such a file.";
        return Problem.Error("file-missing", $"There is no such file; --config is relative to the current folder.{hint}", new SourceSpot(options.Config));
    }

    /// <summary>As gcloud's <c>--tag</c>.</summary>
    private static BuildMessage OfTag(string tag) => new()
    {
        Steps = { new BuildStep { Name = "gcr.io/cloud-builders/docker", Args = { "build", "--network", "cloudbuild", "--no-cache", "-t", tag, "." } } },
        Images = { tag },
    };

    private static BuildMessage With(BuildMessage build, SubmitOptions options)
    {
        foreach (var (key, value) in options.Substitutions)
        {
            build.Substitutions[key] = value;
        }

        build.Timeout = options.Timeout is { } timeout ? Duration.FromTimeSpan(timeout) : build.Timeout;
        build.LogsBucket = options.LogDirectory ?? build.LogsBucket;
        build.ServiceAccount = options.ServiceAccount ?? build.ServiceAccount;
        return build;
    }
}

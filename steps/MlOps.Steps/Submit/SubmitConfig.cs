using Google.Cloud.CloudBuild.V1;
using Google.Protobuf.WellKnownTypes;
using MlOps.CloudBuild.Checks;
using MlOps.CloudBuild.Config;
using MlOps.CloudBuild.Substitutions;
using MlOps.Core.Problems;
using MlOps.Google.Storage;

namespace MlOps.Steps.Submit;

/// <summary>The build that is asked for, without its source; read and checked before anything is uploaded.</summary>
internal static class SubmitConfig
{
    /// <summary>By the fields that they set, so that a finding about one of them names the flag and not the file.</summary>
    private static readonly (string Path, string Flag, Func<SubmitOptions, object?> Given)[] Flags =
    [
        ("timeout", "--timeout", options => options.Timeout),
        ("serviceAccount", "--service-account", options => options.ServiceAccount),
        ("logsBucket", "--gcs-log-dir", options => options.LogDirectory),
        ("images[0]", "--tag", options => options.Tag),
    ];

    /// <param name="problems">Everything that is wrong or doubtful, where it stands.</param>
    /// <returns>Null where there are errors.</returns>
    public static BuildMessage? Read(SubmitOptions options, string project, string location, ICollection<Problem> problems)
    {
        var found = SubstitutionKeys.CheckSubmitted(options.Substitutions.Keys).ToList();
        CheckLogDirectory(options, found);
        var reading = options.Tag is { } tag ? new ConfigReading<BuildMessage>(OfTag(tag), ConfigPlaces.None, [], []) : OfFile(options, found);
        if (reading is not null)
        {
            With(reading.Message ?? reading.Draft, options);
            var flags = Flags.Where(flag => flag.Given(options) is not null).ToDictionary(flag => flag.Path, flag => new SourceSpot(flag.Flag), StringComparer.Ordinal);
            var known = new Dictionary<string, string>(options.Substitutions, StringComparer.Ordinal) { ["PROJECT_ID"] = project, ["LOCATION"] = location };
            found.AddRange(ConfigChecker.Check(reading with { Places = reading.Places.With(flags) }, known).Select(OfFlag));
        }

        foreach (var problem in found.DistinctBy(problem => (problem.Code, problem.File, problem.Line, problem.Column, problem.Message)))
        {
            problems.Add(problem);
        }

        return found.Exists(problem => problem.Severity == Severity.Error) ? null : Substituted(reading?.Message, options);
    }

    private static ConfigReading<BuildMessage>? OfFile(SubmitOptions options, List<Problem> problems)
    {
        if (!File.Exists(options.Config))
        {
            problems.Add(Missing(options));
            return null;
        }

        if (ConfigFile.Read(options.Config, out var unreadable) is { } text)
        {
            return BuildConfigReader.Read(options.Config, text);
        }

        problems.Add(Problem.Error("file-unreadable", unreadable!.Message, unreadable.Spot));
        return null;
    }

    private static Problem OfFlag(Problem problem) => problem.File?.StartsWith("--", StringComparison.Ordinal) is true && problem.Line == 0 && Array.Exists(Flags, flag => flag.Flag == problem.File)
        ? problem with { File = null, Message = $"{problem.File}: {problem.Message}" }
        : problem;

    /// <summary>gcloud takes no other form; the API also takes a bucket's bare name, which then reads as if it were a folder.</summary>
    private static void CheckLogDirectory(SubmitOptions options, List<Problem> problems)
    {
        if (options.LogDirectory is { } given && !GcsUri.TryParse(given, out _))
        {
            problems.Add(Problem.Error("bad-log-dir", $"--gcs-log-dir: '{given}' is no place in Storage; expected gs://BUCKET or gs://BUCKET/FOLDER."));
        }
    }

    /// <summary>As gcloud, the file is looked for in the current folder, not in the source's: the commonest mistake.</summary>
    private static Problem Missing(SubmitOptions options)
    {
        if (System.IO.Directory.Exists(options.Config))
        {
            return Problem.Error("file-unreadable", "This is a folder; --config names a build's file, such as cloudbuild.yaml.", new SourceSpot(options.Config));
        }

        var folder = Path.GetDirectoryName(options.Config) is { Length: > 0 } given ? given : ".";
        string[] places = [folder, .. options.Source is { } source && System.IO.Directory.Exists(source) ? [source] : Array.Empty<string>()];
        var near = places.Where(System.IO.Directory.Exists).SelectMany(place => System.IO.Directory.EnumerateFiles(place, "cloudbuild*"))
            .Select(file => Path.GetRelativePath(".", file)).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal).ToArray();
        var hint = near.Length > 0 ? $" There is: {string.Join(", ", near.Take(6))}." : " With --tag IMAGE a Dockerfile is built without such a file.";
        return Problem.Error("file-unreadable", $"There is no such file; --config is relative to the current folder.{hint}", new SourceSpot(options.Config));
    }

    /// <summary>As gcloud's <c>--tag</c>.</summary>
    private static BuildMessage OfTag(string tag) => new()
    {
        Steps = { new BuildStep { Name = "gcr.io/cloud-builders/docker", Args = { "build", "--network", "cloudbuild", "--no-cache", "-t", tag, "." } } },
        Images = { tag },
    };

    /// <summary>Before the checks: what a flag says counts instead of what the file says.</summary>
    private static void With(BuildMessage? build, SubmitOptions options)
    {
        if (build is null)
        {
            return;
        }

        build.Timeout = options.Timeout is { } timeout ? Duration.FromTimeSpan(timeout) : build.Timeout;
        build.LogsBucket = options.LogDirectory ?? build.LogsBucket;
        build.ServiceAccount = options.ServiceAccount ?? build.ServiceAccount;
    }

    private static BuildMessage? Substituted(BuildMessage? build, SubmitOptions options)
    {
        foreach (var (key, value) in options.Substitutions)
        {
            build?.Substitutions[key] = value;
        }

        return build;
    }
}

using System.Collections.Immutable;
using System.CommandLine;
using System.Text.RegularExpressions;
using Google.Cloud.CloudBuild.V1;
using MlOps.Cli.Output;
using MlOps.Cli.Sessions;
using MlOps.Core.Problems;
using MlOps.Steps.Project;
using MlOps.Steps.Submit;

namespace MlOps.Cli.Verbs;

/// <summary><c>mlops submit [SOURCE]</c>: a build on Cloud Build, local or Google's; flags as <c>gcloud builds submit</c> has them.</summary>
internal static partial class SubmitVerb
{
    private static readonly Argument<string> Source = new("SOURCE") { Description = "A folder, an archive (.tgz, .zip), gs://BUCKET/OBJECT, a git repository (https://…), or projects/…/repositories/R (default: the current folder).", DefaultValueFactory = _ => "." };
    private static readonly Option<bool> NoSource = new("--no-source") { Description = "The build needs no files." };
    private static readonly Option<string> Config = new("--config") { Description = "The build's file, relative to the current folder.", DefaultValueFactory = _ => SubmitOptions.DefaultConfig };
    private static readonly Option<string?> Tag = new("--tag", "-t") { Description = "Build the source's Dockerfile and push it under this name, without a build's file." };
    private static readonly Option<string[]> Substitutions = SubstitutionsOption.Create();
    private static readonly Option<bool> Async = new("--async") { Description = "Do not wait for the end." };
    private static readonly Option<bool> SuppressLogs = new("--suppress-logs") { Description = "Wait, but do not show the log." };
    private static readonly Option<string?> Timeout = new("--timeout") { Description = "Instead of the file's timeout: 90s, 30m, 2h15m; a bare number is seconds." };
    private static readonly Option<string?> IgnoreFile = new("--ignore-file") { Description = "Instead of .gcloudignore, relative to the source." };
    private static readonly Option<string?> GitRevision = new("--git-source-revision") { Description = "Of a git repository: branch, tag, commit or ref." };
    private static readonly Option<string?> GitDirectory = new("--git-source-dir") { Description = "Of a git repository: the folder that steps start in." };
    private static readonly Option<string?> Revision = new("--revision") { Description = "Of a connected repository: branch, tag, commit or ref." };
    private static readonly Option<string?> Directory = new("--dir") { Description = "Of a connected repository: the folder that steps start in." };
    private static readonly Option<string?> Staging = new("--gcs-source-staging-dir") { Description = "gs://BUCKET/FOLDER for the upload (default: gs://PROJECT_cloudbuild/source)." };
    private static readonly Option<string?> LogDirectory = new("--gcs-log-dir") { Description = "gs://BUCKET/FOLDER for the log." };
    private static readonly Option<string?> ServiceAccount = new("--service-account") { Description = "Instead of the file's." };

    public static Command Command()
    {
        var command = new Command("submit", "Submits a build to Cloud Build, local or Google's, and follows it to its end.")
        {
            Source, NoSource, Config, Tag, Substitutions, Async, SuppressLogs, Timeout, IgnoreFile, GitRevision, GitDirectory, Revision, Directory,
            Staging, LogDirectory, ServiceAccount, BuildClient.Project, BuildClient.Region,
        };
        // An option that is misspelt would be taken for the source.
        command.Validators.Add(parsed =>
        {
            if (parsed.GetValue(Source) is ['-', ..] source)
            {
                parsed.AddError($"'{source}' is no option of submit.{Suggestion.For(source, command.Options.Select(option => option.Name))}");
            }
        });
        return command.Does(RunAsync);
    }

    private static async Task<int> RunAsync(VerbContext verb, CancellationToken cancel)
    {
        CloudAccess.Prepare();
        RefuseContradictions(verb.Parsed);
        var environment = DeliverySession.EnvironmentOf(verb);
        var project = BuildClient.ProjectOf(verb, environment);
        var problems = new List<Problem>();
        var submission = BuildSubmission.Read(Options(verb.Parsed), project, BuildClient.RegionOf(verb), problems);
        if (submission is null || (verb.Report.Strict && problems.Count > 0))
        {
            throw new InvalidInputException(problems);
        }

        verb.Report.WriteProblems(problems);
        await using var client = await BuildClient.OpenAsync(verb, environment, submission.PoolRegion, cancel);
        var build = await submission.SubmitAsync(client.Builds, client.Storage, verb.Time, line => verb.Report.Line(line), cancel);
        verb.Report.Line($"Build {build.Id} is queued in {client.Builds.Parent}; its log: {BuildWait.LogOf(build)}");
        if (verb.Parsed.GetValue(Async) && !client.EndsWithTheVerb)
        {
            verb.Report.Line($"'mlops builds log {build.Id} --follow{client.Flags}' follows it.");
            verb.Report.Result(new BuildOutcome(build).ToJson());
            return ExitCode.Done;
        }

        if (verb.Parsed.GetValue(Async))
        {
            verb.Report.Aside("The local cloud runs in this command, which therefore stays until the build is over. 'mlops cloud up' starts one that stays by itself.");
        }

        return await FollowAsync(verb, client, build, cancel);
    }

    private static async Task<int> FollowAsync(VerbContext verb, BuildClient client, Build build, CancellationToken cancel)
    {
        var ended = await BuildScreen.FollowAsync(
            verb, build, quiet: verb.Parsed.GetValue(SuppressLogs) || verb.Parsed.GetValue(Async), (watcher, token) => client.Wait(verb.Time).UntilEndOrCancelledAsync(build, watcher, token), cancel);
        return BuildReport.WriteEnd(verb.Report, ended);
    }

    private static SubmitOptions Options(ParseResult parsed) => new()
    {
        Source = parsed.GetValue(NoSource) ? null : parsed.GetValue(Source),
        Config = parsed.GetValue(Config)!,
        Tag = parsed.GetValue(Tag),
        Substitutions = SubstitutionsOption.Read(parsed.GetValue(Substitutions) ?? []).ToImmutableSortedDictionary(StringComparer.Ordinal),
        Timeout = parsed.GetValue(Timeout) is { } text ? ParseTimeout(text) : null,
        IgnoreFile = parsed.GetValue(IgnoreFile),
        Revision = parsed.GetValue(GitRevision) ?? parsed.GetValue(Revision),
        Directory = parsed.GetValue(GitDirectory) ?? parsed.GetValue(Directory),
        StagingDirectory = parsed.GetValue(Staging),
        LogDirectory = parsed.GetValue(LogDirectory),
        ServiceAccount = parsed.GetValue(ServiceAccount),
    };

    private static void RefuseContradictions(ParseResult parsed)
    {
        bool Given(Symbol symbol) => symbol is Argument argument ? parsed.GetResult(argument) is { Implicit: false, Tokens.Count: > 0 } : parsed.GetResult((Option)symbol) is { Implicit: false };
        void Refuse(Symbol one, Symbol other)
        {
            if (Given(one) && Given(other))
            {
                throw new InvalidInputException("contradiction", $"{one.Name} and {other.Name} contradict each other: give one of them.");
            }
        }

        if (Given(Source) && Given(Substitutions) && LooksLikeSubstitution().IsMatch(parsed.GetValue(Source)!))
        {
            throw new InvalidInputException("bad-substitutions", $"'{parsed.GetValue(Source)}' stands where the source does; substitutions are joined by commas: --substitutions {string.Join(',', [.. parsed.GetValue(Substitutions)!, parsed.GetValue(Source)])}");
        }

        Refuse(Source, NoSource);
        Refuse(Config, Tag);
    }

    [GeneratedRegex("^[A-Z_][A-Z0-9_]*=")]
    private static partial Regex LooksLikeSubstitution();

    private static System.TimeSpan ParseTimeout(string text) => Durations.TryParse(text.All(char.IsAsciiDigit) ? text + "s" : text, out var timeout)
        ? timeout
        : throw new InvalidInputException("bad-duration", $"--timeout {text} is no duration; expected such as 90s, 30m, 2h15m, or a number of seconds.");
}

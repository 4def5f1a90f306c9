using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using System.Text.Json.Nodes;
using Google.Cloud.CloudBuild.V1;
using Google.Protobuf;
using Grpc.Core;
using MlOps.Cli.Output;
using MlOps.Cli.Sessions;
using MlOps.Core.Problems;
using MlOps.Google.Errors;
using MlOps.Steps;
using MlOps.Steps.Submit;

namespace MlOps.Cli.Verbs;

/// <summary><c>mlops builds list | show | log | approve | cancel</c>: builds of Cloud Build, local or Google's, for people without gcloud.</summary>
internal static class BuildsVerb
{
    private static readonly Argument<string> Id = new("ID") { Description = "A build's id; its beginning is enough where it is the only one." };
    private static readonly Option<string> Filter = new("--filter") { Description = "As gcloud's: status=\"FAILURE\" AND tags=\"nightly\".", DefaultValueFactory = _ => "" };
    private static readonly Option<int> Limit = new("--limit") { Description = "The newest so many.", DefaultValueFactory = _ => 20, CustomParser = ParseLimit };
    private static readonly Option<bool> Reject = new("--reject") { Description = "It is not to run: it ends as CANCELLED." };
    private static readonly Option<string> Comment = new("--comment") { Description = "Why, kept with the build.", DefaultValueFactory = _ => "" };
    private static readonly Option<bool> Follow = new("--follow", "-f") { Description = "Go on until the build ends." };

    public static Command Command() => new("builds", "Builds of Cloud Build, local or Google's.")
    {
        With(new Command("list", "The newest builds.") { Filter, Limit }).Does(ListAsync),
        With(new Command("show", "One build.") { Id }).Does(ShowAsync),
        With(new Command("log", "A build's log.") { Id, Follow }).Does(LogAsync),
        With(new Command("approve", "Lets a build run that waits for it.") { Id, Reject, Comment }).Does(ApproveAsync),
        With(new Command("cancel", "Cancels a build.") { Id }).Does(CancelAsync),
    };

    private static Command With(Command command)
    {
        command.Options.Add(BuildClient.Project);
        command.Options.Add(BuildClient.Region);
        return command;
    }

    private static async Task<int> ListAsync(VerbContext verb, CancellationToken cancel)
    {
        await using var client = await BuildClient.OpenAsync(verb, cancel);
        var filter = verb.Parsed.GetValue(Filter)!;
        var builds = await ListAsync(client, filter, verb.Parsed.GetValue(Limit), cancel);
        verb.Report.Result(new JsonArray([.. builds.Select(JsonNode? (build) => new BuildOutcome(build).ToJson())]));
        if (builds.Count == 0)
        {
            verb.Report.Line($"No build in {client.Builds.Parent}{(filter.Length > 0 ? $" that fits {filter}" : $"; 'mlops submit{client.Flags}' starts one")}. --region and --project look elsewhere.");
        }
        else if (!verb.Report.Json)
        {
            BuildReport.WriteList(verb.Report, builds);
        }

        return ExitCode.Done;
    }

    private static async Task<List<Build>> ListAsync(BuildClient client, string filter, int limit, CancellationToken cancel)
    {
        try
        {
            return await client.Builds.ListAsync(filter, cancel).Take(limit).ToListAsync(cancel);
        }
        catch (CloudException refused) when (refused.Status == StatusCode.InvalidArgument && filter.Length > 0)
        {
            throw new InvalidInputException("bad-filter", refused.Message);
        }
    }

    private static int ParseLimit(ArgumentResult given)
    {
        var text = given.Tokens.Single().Value;
        if (!int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var limit) || limit == 0)
        {
            given.AddError($"--limit {text}: expected how many builds to list, 1 or more.");
        }

        return limit;
    }

    private static async Task<int> ShowAsync(VerbContext verb, CancellationToken cancel)
    {
        await using var client = await BuildClient.OpenAsync(verb, cancel);
        var build = await FindAsync(client, verb, cancel);
        if (verb.Report.Json)
        {
            verb.Report.Result(JsonNode.Parse(JsonFormatter.Default.Format(build)));
            return ExitCode.Done;
        }

        BuildReport.WriteOne(verb.Report, build);
        return ExitCode.Done;
    }

    private static async Task<int> LogAsync(VerbContext verb, CancellationToken cancel)
    {
        await using var client = await BuildClient.OpenAsync(verb, cancel);
        var build = await FindAsync(client, verb, cancel);
        if (build.Status == Build.Types.Status.Pending)
        {
            verb.Report.Aside($"Build {build.Id} waits for an approval: mlops builds approve {build.Id}{client.Flags}");
        }

        if (verb.Parsed.GetValue(Follow))
        {
            // An interrupt ends the following, not the build.
            return BuildReport.WriteEnd(verb.Report, await BuildScreen.FollowAsync(verb, build, quiet: false, (watcher, token) => client.Wait(verb.Time).UntilEndAsync(build, watcher, token), cancel));
        }

        var lines = 0;
        await client.Wait(verb.Time).LogAsync(
            build,
            line =>
            {
                lines++;
                verb.Report.Line(line);
            },
            cancel);
        if (lines == 0 && BuildStates.HasEnded(build.Status))
        {
            verb.Report.Aside($"Build {build.Id} ended as {BuildStates.Name(build.Status)} and has no log{(new BuildOutcome(build).Failure is { } failure ? ": " + failure : ".")}");
        }

        return ExitCode.Done;
    }

    private static async Task<int> ApproveAsync(VerbContext verb, CancellationToken cancel)
    {
        await using var client = await BuildClient.OpenAsync(verb, cancel);
        var build = await FindAsync(client, verb, cancel);
        if (build.Status != Build.Types.Status.Pending)
        {
            throw new InvalidInputException("not-pending", $"Build {build.Id} does not wait for an approval: it is {BuildStates.Name(build.Status)}. 'mlops builds list --filter status=PENDING{client.Flags}' shows those that do.");
        }

        var result = new ApprovalResult
        {
            Decision = verb.Parsed.GetValue(Reject) ? ApprovalResult.Types.Decision.Rejected : ApprovalResult.Types.Decision.Approved,
            Comment = verb.Parsed.GetValue(Comment)!,
            // Google puts in whose credentials they are; the local cloud knows nobody.
            ApproverAccount = Actor.Of(verb.ProjectDirectory).Name,
        };
        var decided = await client.Builds.ApproveAsync(build.Id, result, cancel);
        verb.Report.Result(new BuildOutcome(decided).ToJson());
        verb.Report.Line(verb.Parsed.GetValue(Reject)
            ? $"Build {build.Id} is rejected: {BuildStates.Name(decided.Status)}."
            : $"Build {build.Id} is approved: {BuildStates.Name(decided.Status)}. Follow it: mlops builds log {build.Id} --follow{client.Flags}");
        return ExitCode.Done;
    }

    private static async Task<int> CancelAsync(VerbContext verb, CancellationToken cancel)
    {
        await using var client = await BuildClient.OpenAsync(verb, cancel);
        var build = await FindAsync(client, verb, cancel);
        var cancelled = await client.Builds.CancelAsync(build.Id, cancel) ?? await client.Builds.GetAsync(build.Id, cancel) ?? build;
        verb.Report.Result(new BuildOutcome(cancelled).ToJson());
        verb.Report.Line(BuildStates.HasEnded(build.Status) ? $"Build {build.Id} has ended already: {BuildStates.Name(build.Status)}." : $"Build {build.Id} is being cancelled.");
        return ExitCode.Done;
    }

    private static async Task<Build> FindAsync(BuildClient client, VerbContext verb, CancellationToken cancel)
    {
        var id = verb.Parsed.GetValue(Id)!;
        // A whole id; 'projects/…/builds/ID' too.
        id = id[(id.LastIndexOf('/') + 1)..];
        if (Guid.TryParse(id, out _))
        {
            return await client.Builds.GetAsync(id, cancel) ?? throw Unknown(client, id, []);
        }

        var newest = await client.Builds.ListAsync("", cancel).Take(500).ToListAsync(cancel);
        var found = newest.Where(build => build.Id.StartsWith(id, StringComparison.Ordinal)).ToArray();
        return found is [var one] ? await client.Builds.GetAsync(one.Id, cancel) ?? one : throw Unknown(client, id, found);
    }

    private static InvalidInputException Unknown(BuildClient client, string id, Build[] found) => new(
        "unknown-build",
        found.Length > 0
            ? $"{id} is the beginning of {found.Length} builds: {string.Join(", ", found.Take(5).Select(build => build.Id))}."
            : $"There is no build {id} in {client.Builds.Parent}. 'mlops builds list{client.Flags}' shows which there are; --region and --project look elsewhere.");
}

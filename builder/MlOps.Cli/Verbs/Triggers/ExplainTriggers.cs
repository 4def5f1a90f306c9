using System.Collections.Immutable;
using System.CommandLine;
using System.Text.Json.Nodes;
using MlOps.CloudBuild.Triggers;
using MlOps.Cli.Output;
using MlOps.Core.Problems;
using MlOps.Steps.Triggers;

namespace MlOps.Cli.Verbs.Triggers;

/// <summary><c>mlops triggers explain</c>: for every trigger whether it would fire for a change, and the rule that decided.</summary>
internal static class ExplainTriggers
{
    private static readonly Option<string?> Branch = new("--branch") { Description = "A push to this branch." };
    private static readonly Option<string?> Tag = new("--tag") { Description = "A push of this tag." };
    private static readonly Option<string?> PullRequest = new("--pull-request") { Description = "A pull request to this branch." };
    private static readonly Option<string?> Changed = new("--changed") { Description = "The changed files, with commas between them; '' for none. Without it, and without --base, files are not filtered." };
    private static readonly Option<string?> Base = new("--base") { Description = "The changed files are those since this revision, by git." };
    private static readonly Option<string?> Message = new("--message") { Description = "The commit message ([skip ci]); with --base that of the checked-out commit." };

    public static Command Command() => new Command("explain", "Says for every trigger whether it would fire for a change, and why.")
    {
        TriggerInput.File, Branch, Tag, PullRequest, Changed, Base, Message,
    }.Does(RunAsync);

    private static Task<int> RunAsync(VerbContext verb, CancellationToken cancel)
    {
        var happened = Event(verb);
        var problems = new List<Problem>();
        var triggers = TriggerInput.OfFiles(verb, problems) ?? OfProject(verb, problems);
        if (triggers.IsEmpty && problems.Any(problem => problem.Severity == Severity.Error))
        {
            throw new InvalidInputException(problems);
        }

        verb.Report.WriteProblems([.. problems.Distinct()]);
        var decided = triggers.Select(trigger => (Trigger: trigger, Decision: TriggerMatch.Decide(trigger.Trigger, happened))).ToArray();
        verb.Report.Result(new JsonArray([.. decided.Select(one => Json(one.Trigger, one.Decision))]));
        WriteText(verb.Report, happened, decided);
        return Task.FromResult(ExitCode.Done);
    }

    private static ImmutableArray<WrittenTrigger> OfProject(VerbContext verb, List<Problem> problems)
    {
        var all = TriggerInput.OfProject(verb, out var project, problems);
        // A file that several environments have is one.
        ImmutableArray<WrittenTrigger> triggers = [.. all.Environments.SelectMany(environment => environment.Triggers).DistinctBy(trigger => (trigger.Name, trigger.Places.Of("")))];
        if (GitFolder.Files(project.Root) is { } files)
        {
            TriggerCoverage.Check(project, triggers, files, problems);
        }

        return triggers;
    }

    private static TriggerEvent Event(VerbContext verb)
    {
        var parsed = verb.Parsed;
        var given = new[] { Branch, Tag, PullRequest }.Where(option => parsed.GetValue(option) is not null).ToArray();
        if (given.Length != 1)
        {
            throw new InvalidInputException("what-happens", given.Length == 0
                ? "Say what happens: --branch BRANCH or --tag TAG (a push), or --pull-request BASE (a pull request to that branch)."
                : $"{string.Join(" and ", given.Select(option => option.Name))}: give one; a change is one of them.");
        }

        var change = Change(verb, given[0] == PullRequest);
        var name = parsed.GetValue(given[0])!;
        if (name.StartsWith("refs/", StringComparison.Ordinal))
        {
            throw new InvalidInputException("what-happens", $"{given[0].Name} {name}: patterns see the name alone. Give {given[0].Name} {name.Split('/', 3)[^1]}.");
        }

        return given[0] == PullRequest ? new TriggerEvent.PullRequest(name, "", change) : new TriggerEvent.Push(name, given[0] == Tag, change);
    }

    private static Change Change(VerbContext verb, bool isPullRequest)
    {
        var (changed, since) = (verb.Parsed.GetValue(Changed), verb.Parsed.GetValue(Base));
        if (changed is not null && since is not null)
        {
            throw new InvalidInputException("what-changed", "--changed and --base: give one; both say what changed.");
        }

        var message = verb.Parsed.GetValue(Message);
        if (since is null)
        {
            return new Change(changed is null ? null : [.. changed.Split(',', StringSplitOptions.RemoveEmptyEntries)], message);
        }

        var read = GitFolder.ChangeSince(verb.ProjectDirectory, since, isPullRequest);
        return message is null ? read : read with { Message = message };
    }

    private static JsonObject Json(WrittenTrigger trigger, TriggerDecision decision) => new()
    {
        ["name"] = trigger.Name,
        ["fires"] = decision.Fires,
        ["code"] = decision.Code,
        ["why"] = decision.Why,
    };

    private static void WriteText(Report report, TriggerEvent happened, (WrittenTrigger Trigger, TriggerDecision Decision)[] decided)
    {
        if (decided.Length == 0)
        {
            report.Line("There are no triggers. An environment of mlops.yaml has one with 'trigger: {branch: ^main$}', or name a file with --file.");
            return;
        }

        report.Line($"{char.ToUpperInvariant(happened.Words[0])}{happened.Words[1..]}{Files(happened)}: {Quantity.Of(decided.Count(one => one.Decision.Fires), "trigger")} of {decided.Length} would fire.");
        foreach (var line in Columns.Of(["", "", ""], decided.Select(one => new[] { one.Decision.Fires ? "fires" : "-", one.Trigger.Name, one.Decision.Why })))
        {
            report.Line("  " + line);
        }
    }

    private static string Files(TriggerEvent happened)
    {
        var change = happened is TriggerEvent.Push push ? push.Change : ((TriggerEvent.PullRequest)happened).Change;
        return change.Files is { } files ? $", {Quantity.Of(files.Length, "changed file")}" : "";
    }
}

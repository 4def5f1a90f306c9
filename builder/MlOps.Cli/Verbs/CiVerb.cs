using System.Collections.Immutable;
using System.CommandLine;
using MlOps.Cli.Output;
using MlOps.Cli.Sessions;
using MlOps.Core.Graph;
using MlOps.Core.Problems;
using MlOps.Steps;
using MlOps.Steps.Project;

namespace MlOps.Cli.Verbs;

/// <summary><c>mlops ci</c>: the nine steps, from a commit to a finished run and a release.</summary>
internal static class CiVerb
{
    private static readonly Option<string[]> Only = new("--only") { Description = "Run just these steps (comma-separated), on the records that earlier ones left.", AllowMultipleArgumentsPerToken = true };
    private static readonly Option<string?> From = new("--from") { Description = "Begin at this step, on the records that earlier ones left." };
    private static readonly Option<bool> Plan = new("--plan") { Description = "Print what would run and why, and do nothing." };

    public static Command Command()
    {
        var command = new Command("ci", "The nine steps: checkout, test, lint, build, push, rewrite, compile, upload, run; and the release that comes of them.") { Only, From, Plan };
        DeliverySession.AddOptions(command);
        return command.Does(RunAsync);
    }

    private static async Task<int> RunAsync(VerbContext verb, CancellationToken cancel)
    {
        var steps = Chosen(verb.Parsed.GetValue(Only) ?? [], verb.Parsed.GetValue(From));
        await using var session = await DeliverySession.OpenAsync(verb, cancel);
        CheckIsDelivered(session.Context.Environment, steps);
        if (verb.Parsed.GetValue(Plan))
        {
            await PlanReport.WriteAsync(verb.Report, session.Context, steps.Select(step => step.Name), cancel);
            return ExitCode.Done;
        }

        return await DeliveryRun.RunAsync(verb, session, steps, cancel);
    }

    /// <summary>What a release is promoted to is moved by nothing else: no gate stands before a delivery.</summary>
    /// <exception cref="InvalidInputException">The steps would bring a release to such an environment.</exception>
    private static void CheckIsDelivered(DeliveryEnvironment environment, ImmutableArray<Step<DeliveryContext>> steps)
    {
        if (environment.PromoteFrom is { } from && steps.Any(step => step.Name == "release"))
        {
            throw new InvalidInputException(
                "promoted-only",
                $"{environment.Name} takes its releases from {from} ('promoteFrom' in mlops.yaml), and 'mlops ci' would bring one past its gates. 'mlops promote --to {environment.Name}' brings one through them. Single steps are possible: 'mlops ci --env {environment.Name} --only checkout,test,lint'.",
                environment.Spot);
        }
    }

    /// <summary>The steps named; a step that is left out counts as done: its record is in the workspace.</summary>
    private static ImmutableArray<Step<DeliveryContext>> Chosen(string[] only, string? from)
    {
        var all = Delivery.Steps.Steps;
        var names = all.Select(step => step.Name).ToArray();
        var wanted = only.SelectMany(text => text.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)).ToHashSet(StringComparer.Ordinal);
        var unknown = wanted.Append(from).OfType<string>().Where(name => !names.Contains(name)).ToArray();
        if (unknown.Length > 0)
        {
            throw new InvalidInputException(unknown.Select(name => Problem.Error("unknown-step", $"There is no step '{name}'.{Suggestion.For(name, names)}")));
        }

        return [.. all.Where(step => (wanted.Count == 0 || wanted.Contains(step.Name)) && Array.IndexOf(names, step.Name) >= (from is null ? 0 : Array.IndexOf(names, from)))];
    }
}

using System.CommandLine;
using MlOps.Cli.Sessions;
using MlOps.Core.Problems;
using MlOps.Steps.Project;
using MlOps.Steps.Run;

namespace MlOps.Cli.Verbs;

/// <summary><c>mlops run [PIPELINE.json]</c>: a compiled pipeline, whoever compiled it, outside a repo too; without a file, the run step.</summary>
internal static class RunVerb
{
    private static readonly Argument<FileInfo?> Pipeline = new("PIPELINE") { Description = "A compiled pipeline (JSON or YAML); left out: the environment's pipelines, as 'mlops ci' runs them.", Arity = ArgumentArity.ZeroOrOne };
    private static readonly Option<string[]> Parameter = new("--parameter") { Description = "K=V; read by the declared type: a STRING verbatim, others as JSON." };
    private static readonly Option<bool> Wait = new("--wait") { Description = "Wait for the end (the default; --wait false submits and leaves).", DefaultValueFactory = _ => true };
    private static readonly Option<string?> Timeout = new("--timeout") { Description = "Cancel the run after this long: 90s, 30m, 2h." };
    private static readonly Option<bool> AllowTags = new("--allow-tags") { Description = "Images need not be pinned by digest." };
    private static readonly Option<bool> NoCache = new("--no-cache") { Description = "Run every task, also those whose result is known." };

    private static readonly Option<int?> MaxParallel = CloudVerb.MaxParallelOption("Tasks that run side by side at most, in a local cloud that this command starts.");

    public static Command Command()
    {
        var command = new Command("run", "Runs a compiled pipeline on Vertex AI, local or Google's, and waits for its end.") { Pipeline, Parameter, Wait, Timeout, AllowTags, NoCache, MaxParallel };
        DeliverySession.AddOptions(command);
        return command.Does(RunAsync);
    }

    private static async Task<int> RunAsync(VerbContext verb, CancellationToken cancel)
    {
        var parsed = verb.Parsed;
        if (parsed.GetValue(Pipeline) is not { } file)
        {
            RefuseOptionsOfFiles(parsed);
            return await StepVerbs.RunAsync(verb, "run", cancel);
        }

        var environment = DeliverySession.EnvironmentOf(verb);
        var maxParallel = parsed.GetValue(MaxParallel);

        // Each takes a while: the cloud is opened on another core while the file is read.
        var opening = Task.Run(() => CloudAccess.OpenAsync(environment, verb.Time, cancel, maxParallel), cancel);
        var request = await ReadAsync(parsed, file, opening);
        await using var cloud = await opening;
        if (maxParallel is not null && !cloud.EndsWithTheVerb)
        {
            throw new InvalidInputException("cloud-runs-already", $"{MaxParallel.Name}: the cloud that runs already has a bound of its own. For a local one: 'mlops cloud down', then 'mlops cloud up {MaxParallel.Name} {maxParallel}'.");
        }

        var outcome = await FileRun.SubmitAsync(request, environment, cloud.Endpoint, parsed.GetValue(Wait), line => verb.Report.Line(line), verb.Time, cancel);
        verb.Report.Result(outcome.ToJson());
        outcome.WriteText(verb.Report.Text);
        if (!parsed.GetValue(Wait) && cloud.EndsWithTheVerb)
        {
            verb.Report.Aside("The local cloud ends with this command; the run goes on when it starts again ('mlops cloud up').");
        }

        return outcome.Succeeded || !parsed.GetValue(Wait) ? ExitCode.Done : ExitCode.StepFailed;
    }

    private static async Task<JobRequest> ReadAsync(ParseResult parsed, FileInfo file, Task<CloudAccess> opening)
    {
        try
        {
            return FileRun.Read(
                file.FullName,
                parsed.GetValue(Parameter) ?? [],
                parsed.GetValue(AllowTags),
                Durations.Option(Timeout.Name, parsed.GetValue(Timeout)) ?? RunSettings.DefaultTimeout,
                parsed.GetValue(NoCache) ? false : null);
        }
        catch
        {
            // What is wrong with the file is said, whatever became of the cloud.
            await ((Task)opening).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (opening.IsCompletedSuccessfully)
            {
                await (await opening).DisposeAsync();
            }

            throw;
        }
    }

    private static void RefuseOptionsOfFiles(ParseResult parsed)
    {
        var given = new Option[] { Parameter, Wait, Timeout, NoCache, MaxParallel }.Where(option => parsed.GetResult(option) is { Implicit: false }).Select(option => option.Name).ToArray();
        if (given.Length > 0)
        {
            throw new InvalidInputException("needs-file", $"{string.Join(", ", given)}: only for a compiled pipeline, 'mlops run PIPELINE.json'. Without a file the environment's 'run' in mlops.yaml decides.");
        }
    }
}

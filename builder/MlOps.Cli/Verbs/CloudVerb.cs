using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using MlOps.Cli.Sessions;
using MlOps.Core.Problems;
using MlOps.LocalCloud.Hosting;

namespace MlOps.Cli.Verbs;

/// <summary><c>mlops cloud up | down | status | env</c>: the local cloud as a process of its own.</summary>
internal static class CloudVerb
{
    private static readonly Option<bool> Foreground = new("--foreground") { Description = "Stay, and end with Ctrl-C." };
    private static readonly Option<bool> Gcloud = new("--gcloud") { Description = "Also a proxy for Google's hosts, through which gcloud reads builds' logs." };

    private static readonly Option<int?> MaxParallel = MaxParallelOption("Pipeline tasks that run side by side at most (default: four times the cores; a limit of a loop's own holds too).");

    /// <summary><c>--max-parallel</c>, a number from 1.</summary>
    public static Option<int?> MaxParallelOption(string description)
    {
        var option = new Option<int?>("--max-parallel") { Description = description };
        option.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<int?>() is < 1)
            {
                result.AddError("--max-parallel: expected how many tasks run side by side, 1 or more.");
            }
        });
        return option;
    }

    public static Command Command()
    {
        var up = new Command("up", "Starts the local cloud; returns when it is ready.") { Foreground, Gcloud, MaxParallel }.Does(UpAsync);
        var down = new Command("down", "Stops it; its state stays.").Does(DownAsync);
        var status = new Command("status", "Where it is.").Does(StatusAsync);
        var env = new Command("env", "Prints, as shell exports, what points gcloud and the SDKs at it: eval \"$(mlops cloud env)\".").Does(EnvAsync);
        var cloud = new Command("cloud", "The local cloud: Cloud Build, Artifact Registry, Secret Manager, Storage and Vertex AI on this machine.") { up, down, status, env };
        foreach (var watch in CloudWatch.Commands())
        {
            cloud.Subcommands.Add(watch);
        }

        return cloud;
    }

    private static string State => LocalCloudOptions.DefaultStateFolder;

    private static async Task<int> UpAsync(VerbContext verb, CancellationToken cancel)
    {
        var gcloud = verb.Parsed.GetValue(Gcloud);
        if (LocalCloudOwner.Find(State) is { } running)
        {
            verb.Report.Line($"It is running already, pid {running.Pid}.");
            return gcloud && running.Proxy is null
                ? throw new InvalidInputException("cloud-without-proxy", "It runs without the proxy for gcloud: 'mlops cloud down', then 'mlops cloud up --gcloud'. Its state stays.")
                : Say(verb, running);
        }

        if (verb.Parsed.GetValue(Foreground))
        {
            var session = await CloudSession.JoinOrStartAsync(new LocalCloudOptions(State) { Time = verb.Time, Gcloud = gcloud, MaxParallel = verb.Parsed.GetValue(MaxParallel) }, cancel);
            Say(verb, session.Owner);
            await Task.Delay(Timeout.InfiniteTimeSpan, verb.Time, cancel).ContinueWith(_ => { }, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
            await session.StopAsync();
            return ExitCode.Done;
        }

        return Say(verb, await CloudProcess.StartAsync(State, Given(gcloud, verb.Parsed.GetValue(MaxParallel)), verb.Time, cancel));
    }

    /// <summary>The options of this command, for the process that stays.</summary>
    private static IEnumerable<string> Given(bool gcloud, int? maxParallel) =>
        [.. gcloud ? [Gcloud.Name] : Array.Empty<string>(), .. maxParallel is { } most ? [MaxParallel.Name, most.ToString(CultureInfo.InvariantCulture)] : Array.Empty<string>()];

    private static async Task<int> DownAsync(VerbContext verb, CancellationToken cancel)
    {
        if (LocalCloudOwner.Find(State) is not { } running)
        {
            verb.Report.Line("It is not running.");
            return ExitCode.Done;
        }

        await CloudProcess.StopAsync(State, running, verb.Time, cancel);
        verb.Report.Line("Stopped.");
        return ExitCode.Done;
    }

    private static Task<int> StatusAsync(VerbContext verb, CancellationToken cancel)
    {
        if (LocalCloudOwner.Find(State) is { } running)
        {
            return Task.FromResult(Say(verb, running));
        }

        verb.Report.Result(new JsonObject { ["running"] = false, ["state"] = State });
        verb.Report.Line($"Not running. State: {State}. Verbs start one for as long as they last; 'mlops cloud up' starts one that stays.");
        return Task.FromResult(ExitCode.Done);
    }

    private static Task<int> EnvAsync(VerbContext verb, CancellationToken cancel)
    {
        var running = LocalCloudOwner.Find(State) ?? throw new InvalidInputException("cloud-not-running", "The local cloud is not running: start it with 'mlops cloud up'.");
        var variables = CloudEnvironment.Of(running, State).ToList();
        verb.Report.Result(new JsonObject(variables.Select(variable => KeyValuePair.Create(variable.Key, (JsonNode?)variable.Value))));
        foreach (var (name, value) in verb.Report.Json ? [] : variables)
        {
            verb.Report.Line($"export {name}={Quoted(value)}");
        }

        return Task.FromResult(ExitCode.Done);
    }

    /// <summary>For the shell, which reads the line again.</summary>
    private static string Quoted(string value) =>
        value.All(letter => char.IsAsciiLetterOrDigit(letter) || letter is '/' or ':' or '.' or '_' or '-') ? value : $"'{value.Replace("'", @"'\''", StringComparison.Ordinal)}'";

    private static int Say(VerbContext verb, LocalCloudOwner owner)
    {
        verb.Report.Result(new JsonObject { ["running"] = true, ["instance"] = owner.Instance, ["pid"] = owner.Pid, ["http"] = owner.Http.ToString(), ["grpc"] = owner.Grpc.ToString(), ["proxy"] = owner.Proxy?.ToString(), ["state"] = State });
        verb.Report.Line($"Local cloud {owner.Instance}, pid {owner.Pid}: REST, Storage, registry at {owner.Http}; gRPC at {owner.Grpc}; {(owner.Proxy is null ? "" : $"proxy for gcloud at {owner.Proxy}; ")}state in {State}");
        return ExitCode.Done;
    }
}

using System.CommandLine;
using System.Text.Json.Nodes;
using MlOps.Cli.Sessions;
using MlOps.Core.Problems;
using MlOps.LocalCloud.Hosting;

namespace MlOps.Cli.Verbs;

/// <summary><c>mlops cloud watch | unwatch [REPO]</c>: <c>git push local</c> fires triggers; and <c>receive</c>, what the hook calls.</summary>
internal static class CloudWatch
{
    private static readonly Argument<DirectoryInfo?> Repo = new("REPO") { Description = "The git repository (default: the current folder).", Arity = ArgumentArity.ZeroOrOne };
    private static readonly Option<string?> Name = new("--name") { Description = "The repository's name in the local cloud (default: that of mlops.yaml, of the remote 'origin', or of the folder)." };
    private static readonly Argument<string> Stage = new("STAGE");
    private static readonly Argument<string> Watched = new("NAME");

    public static IEnumerable<Command> Commands() =>
    [
        new Command("watch", "Makes 'git push local BRANCH' in a repository start the triggers that listen to it.") { Repo, Name }.Does(WatchAsync),
        new Command("unwatch", "Undoes 'watch'; the repository itself stays as it is.") { Repo }.Does(UnwatchAsync),
        new Command("receive", "What the hook of a watched repository calls.") { Stage, Watched }.Does(ReceiveAsync).Hide(),
    ];

    private static string State => LocalCloudOptions.DefaultStateFolder;

    private static Task<int> WatchAsync(VerbContext verb, CancellationToken cancel)
    {
        var watched = WatchedRepository.Watch(Folder(verb), verb.Parsed.GetValue(Name), State);
        verb.Report.Result(new JsonObject { ["name"] = watched.Name, ["remote"] = WatchedRepository.Remote, ["path"] = watched.Bare });
        verb.Report.Line($"'git push {WatchedRepository.Remote} BRANCH' in {watched.Root} now starts the triggers of {watched.Name}; 'mlops triggers apply' makes those of mlops.yaml.");
        if (LocalCloudOwner.Find(State) is null)
        {
            verb.Report.Line("The local cloud is not running; a push needs it: 'mlops cloud up'.");
        }

        return Task.FromResult(ExitCode.Done);
    }

    private static Task<int> UnwatchAsync(VerbContext verb, CancellationToken cancel)
    {
        verb.Report.Line(WatchedRepository.Unwatch(Folder(verb), State) is { } name ? $"{name} is no longer watched." : "It was not watched.");
        return Task.FromResult(ExitCode.Done);
    }

    /// <summary>Refuses a push that nobody would hear of; tells the running cloud of one that git has taken.</summary>
    private static async Task<int> ReceiveAsync(VerbContext verb, CancellationToken cancel)
    {
        var moved = await Console.In.ReadToEndAsync(cancel);
        if (LocalCloudOwner.Find(State) is not { } owner)
        {
            verb.Report.Line($"The local cloud is not running, so nothing would be built: start it with 'mlops cloud up', and push again. (Its state: {State})");
            return ExitCode.StepFailed;
        }

        if (verb.Parsed.GetValue(Stage) == "pre")
        {
            return ExitCode.Done;
        }

        using var http = new HttpClient { BaseAddress = owner.Http };
        using var answer = await http.PostAsync(new Uri($"mlops/git/{Uri.EscapeDataString(verb.Parsed.GetValue(Watched)!)}/push", UriKind.Relative), new StringContent(moved), cancel);
        var said = (await answer.Content.ReadAsStringAsync(cancel)).TrimEnd();
        verb.Report.Line(answer.IsSuccessStatusCode ? said : $"The push is in, but the local cloud could not start its triggers ({(int)answer.StatusCode}): {said}");
        return answer.IsSuccessStatusCode ? ExitCode.Done : ExitCode.StepFailed;
    }

    private static string Folder(VerbContext verb) => verb.Parsed.GetValue(Repo)?.FullName ?? verb.ProjectDirectory;

    private static Command Hide(this Command command)
    {
        command.Hidden = true;
        return command;
    }
}

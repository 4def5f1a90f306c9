using System.CommandLine;
using System.Text.Json.Nodes;
using MlOps.Cli.Templates;
using MlOps.Core.Problems;

namespace MlOps.Cli.Verbs;

/// <summary><c>mlops init TEMPLATE DIR</c>: a starter repo, committed to git.</summary>
internal static class InitVerb
{
    private static readonly Argument<string> Template = new("TEMPLATE") { Description = "The template: " + string.Join(", ", StarterRepo.Names()) + "." };
    private static readonly Argument<DirectoryInfo> Folder = new("DIR") { Description = "The folder to make; it must not exist or be empty." };

    public static Command Command() => new Command("init", "Makes a starter repo from a template and commits it to git.") { Template, Folder }.Does(RunAsync);

    private static Task<int> RunAsync(VerbContext verb, CancellationToken cancel)
    {
        var folder = verb.Parsed.GetValue(Folder)!.FullName;
        var commit = StarterRepo.Create(verb.Parsed.GetValue(Template)!, folder, verb.Time);
        verb.Report.Result(new JsonObject { ["folder"] = folder, ["commit"] = commit });
        verb.Report.Line($"Made {folder} at commit {commit[..12]}. Next: cd {folder} && mlops ci --env local");
        return Task.FromResult(ExitCode.Done);
    }
}

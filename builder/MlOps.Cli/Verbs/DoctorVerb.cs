using System.CommandLine;
using System.Text.Json.Nodes;
using MlOps.Cli.Output;
using MlOps.Cli.Sessions;
using MlOps.Core.Problems;

namespace MlOps.Cli.Verbs;

/// <summary><c>mlops doctor</c>: what is missing on this machine and how to get it.</summary>
internal static class DoctorVerb
{
    public static Command Command() => new Command("doctor", "What is missing on this machine and how to get it.").Does(RunAsync);

    private static async Task<int> RunAsync(VerbContext verb, CancellationToken cancel)
    {
        var checks = await Task.WhenAll(Doctor.Checks.Select(check => check(cancel)));
        verb.Report.Result(new JsonArray([.. checks.Select(check => new JsonObject
        {
            ["name"] = check.Name,
            ["found"] = check.Found,
            ["needed"] = check.Needed,
            ["detail"] = check.Detail,
        })]));
        foreach (var line in Columns.Of(["", "", ""], checks.Select(check => new[] { check.Found ? "ok" : check.Needed ? "MISSING" : "absent", check.Name, check.Detail })))
        {
            verb.Report.Line(line);
        }

        return checks.All(check => check.Found || !check.Needed) ? ExitCode.Done : ExitCode.MachineLacks;
    }
}

using System.CommandLine;
using MlOps.Cli.Output;
using MlOps.Cli.Sessions;
using MlOps.Core.Problems;
using MlOps.Steps.Lineage;

namespace MlOps.Cli.Verbs;

/// <summary><c>mlops lineage WHAT</c>: which data, image and commit made an artifact, from the metadata store of an environment.</summary>
internal static class LineageVerb
{
    private static readonly Argument<string> What = new("WHAT") { Description = "An artifact's id, resource name or gs:// URI (a file in it too), or a pipeline job's id." };

    public static Command Command() =>
        new Command("lineage", "The way back from an artifact or a run to its data, images and commit.") { What }.Does(RunAsync, Pictures.Formats);

    private static async Task<int> RunAsync(VerbContext verb, CancellationToken cancel)
    {
        var target = LineageTarget.Parse(verb.Parsed.GetRequiredValue(What));
        var environment = DeliverySession.EnvironmentOf(verb);
        await using var cloud = await CloudAccess.OpenAsync(environment, verb.Time, cancel);
        var way = await LineageSearch.FindAsync(target, environment, cloud.Endpoint, cancel);
        switch (verb.Output)
        {
            case "json":
                verb.Report.Result(LineageJson.Of(way));
                break;
            case "text":
                LineageTree.Lines(way).ToList().ForEach(verb.Report.Line);
                break;
            case var format:
                Console.Out.Write(Pictures.Draw(LineagePicture.Of(way), format));
                way.Notes.ToList().ForEach(verb.Report.Aside);
                break;
        }

        return ExitCode.Done;
    }
}

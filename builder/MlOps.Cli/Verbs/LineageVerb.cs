using System.CommandLine;
using MlOps.Cli.Sessions;
using MlOps.Core.Drawing;
using MlOps.Core.Problems;
using MlOps.Steps.Lineage;

namespace MlOps.Cli.Verbs;

/// <summary><c>mlops lineage WHAT</c>: which data, image and commit made an artifact, from the metadata store of an environment.</summary>
internal static class LineageVerb
{
    private static readonly Argument<string> What = new("WHAT") { Description = "An artifact's id, resource name or gs:// URI (a file in it too), or a pipeline job's id." };
    private static readonly Option<string?> Graph = new("--graph") { Description = "Draw it on stdout: 'svg' or 'dot'." };

    public static Command Command()
    {
        Graph.AcceptOnlyFromAmong("svg", "dot");
        return new Command("lineage", "The way back from an artifact or a run to its data, images and commit.") { What, Graph }.Does(RunAsync);
    }

    private static async Task<int> RunAsync(VerbContext verb, CancellationToken cancel)
    {
        var graph = verb.Parsed.GetValue(Graph);
        if (graph is not null && verb.Report.Json)
        {
            throw new InvalidInputException("two-outputs", $"--output json and --graph {graph} both go to stdout; expected one of them.");
        }

        var target = LineageTarget.Parse(verb.Parsed.GetRequiredValue(What));
        var environment = DeliverySession.EnvironmentOf(verb);
        await using var cloud = await CloudAccess.OpenAsync(environment, verb.Time, cancel);
        var way = await LineageSearch.FindAsync(target, environment, cloud.Endpoint, cancel);
        if (graph is not null)
        {
            Console.Out.Write(graph == "svg" ? SvgDrawing.Draw(LineagePicture.Of(way)) : DotDrawing.Draw(LineagePicture.Of(way)));
            way.Notes.ToList().ForEach(verb.Report.Aside);
            return ExitCode.Done;
        }

        verb.Report.Result(LineageJson.Of(way));
        if (!verb.Report.Json)
        {
            LineageTree.Lines(way).ToList().ForEach(verb.Report.Line);
        }

        return ExitCode.Done;
    }
}

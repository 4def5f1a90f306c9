using System.CommandLine;
using MlOps.Cli.Output;
using MlOps.CloudBuild.Checks;
using MlOps.CloudBuild.Config;
using MlOps.CloudBuild.Graph;
using MlOps.Core.Problems;
using Google.Cloud.CloudBuild.V1;

namespace MlOps.Cli.Verbs.Config;

/// <summary><c>mlops config explain FILE</c>: the step graph, as text, JSON or a picture.</summary>
internal static class ExplainConfig
{
    private static readonly Argument<string> File = new("FILE") { Description = "A cloudbuild.yaml, YAML or JSON." };
    private static readonly Option<FileInfo?> Durations = new("--durations") { Description = "A build that has ended, as 'gcloud builds describe ID --format=json' prints it: the critical path goes by its timings." };

    public static Command Command() =>
        new Command("explain", "Draws the step graph: what waits for what, what can run at the same time, the critical path.") { File, Durations }
            .Does(static (verb, _) => Task.FromResult(Run(verb)), Pictures.Formats);

    private static int Run(VerbContext verb)
    {
        var file = verb.Parsed.GetRequiredValue(File);
        var reading = ConfigFiles.Read(file);
        var build = reading.Message ?? throw new InvalidInputException(reading.Problems);
        verb.Report.WriteProblems([.. reading.Problems, .. Unknown(build, reading.Places)]);
        var plan = StepPlan.Of(build, verb.Parsed.GetValue(Durations) is { } finished ? StepTimings.Read(finished.FullName, ReadText(finished), build) : null);
        switch (verb.Output)
        {
            case "json":
                verb.Report.Result(StepGraphReport.Json(plan));
                break;
            case "text":
                foreach (var line in StepGraphReport.Lines(file, plan))
                {
                    verb.Report.Line(line);
                }

                break;
            case var format:
                Console.Out.Write(Pictures.Draw(plan.Picture($"Steps of {Path.GetFileName(file)}"), format));
                break;
        }

        return ExitCode.Done;
    }

    /// <summary>Ids that no earlier step has: the graph is drawn without them, and Cloud Build refuses the file.</summary>
    private static IEnumerable<Problem> Unknown(Build build, ConfigPlaces places)
    {
        var known = new List<string>();
        for (var index = 0; index < build.Steps.Count; index++)
        {
            var step = build.Steps[index];
            for (var at = 0; at < step.WaitFor.Count; at++)
            {
                if (step.WaitFor[at] != StepDependencies.AtOnce && !known.Contains(step.WaitFor[at]))
                {
                    yield return Problem.Warning(CheckCodes.WaitForUndefined, $"No earlier step has the id '{step.WaitFor[at]}'; the graph is drawn as if it were not there, and Cloud Build refuses the file.{Suggestion.For(step.WaitFor[at], known)}", places.Of($"steps[{index}].waitFor[{at}]"));
                }
            }

            if (step.Id.Length > 0)
            {
                known.Add(step.Id);
            }
        }
    }

    private static string ReadText(FileInfo file) => file.Exists
        ? System.IO.File.ReadAllText(file.FullName)
        : throw new InvalidInputException("file-missing", "There is no such file; expected a build that has ended, as 'gcloud builds describe ID --format=json' prints it.", new SourceSpot(file.FullName));
}

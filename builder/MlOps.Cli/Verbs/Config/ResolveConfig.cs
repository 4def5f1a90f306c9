using System.CommandLine;
using System.Text.Json.Nodes;
using Google.Cloud.CloudBuild.V1;
using Google.Protobuf;
using MlOps.Cli.Output;
using MlOps.CloudBuild.Substitutions;
using MlOps.Core.Problems;

namespace MlOps.Cli.Verbs.Config;

/// <summary><c>mlops config resolve FILE</c>: the build with its substitutions applied, as YAML for people or Google's JSON.</summary>
internal static class ResolveConfig
{
    private static readonly Argument<string> File = new("FILE") { Description = "A cloudbuild.yaml, YAML or JSON." };
    private static readonly Option<string[]> Substitutions = SubstitutionsOption.Create();

    public static Command Command() =>
        new Command("resolve", "Prints the build with substitutions applied; built-ins may be given too, unset ones are empty.") { File, Substitutions }.Does(static (verb, _) => Task.FromResult(Run(verb)));

    private static int Run(VerbContext verb)
    {
        var given = SubstitutionsOption.Read(verb.Parsed.GetValue(Substitutions) ?? []);
        var build = Resolve(verb.Parsed.GetRequiredValue(File), given, verb.Report);
        verb.Report.Result(JsonNode.Parse(JsonFormatter.Default.Format(build)));
        if (!verb.Report.Json)
        {
            Console.Out.Write(BuildYaml.Write(build));
        }

        return ExitCode.Done;
    }

    /// <exception cref="InvalidInputException">Everything that is wrong with the file and its substitutions.</exception>
    private static Build Resolve(string file, IReadOnlyDictionary<string, string> given, Report report)
    {
        var reading = ConfigFiles.Read(file);
        var problems = reading.Problems.ToList();
        // What can be read of a refused file is looked at too, so that everything is told at once.
        var found = new List<Problem>();
        var read = reading.Message ?? reading.Draft;
        var build = read is null ? null : Substitutor.Apply(read, given, triggered: false, reading.Places, found);
        problems.AddRange(found.Where(problem => !problems.Any(known => known.Code == problem.Code && (known.Line, known.Column) == (problem.Line, problem.Column))));
        if (build is null || problems.Any(problem => report.Strict || problem.Severity == Severity.Error))
        {
            throw new InvalidInputException(problems);
        }

        report.WriteProblems(problems);
        return build;
    }
}

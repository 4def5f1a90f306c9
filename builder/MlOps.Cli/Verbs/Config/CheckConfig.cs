using System.CommandLine;
using MlOps.Cli.Output;
using MlOps.CloudBuild.Checks;
using MlOps.CloudBuild.Config;
using MlOps.Core.Problems;
using MlOps.Steps;

namespace MlOps.Cli.Verbs.Config;

/// <summary><c>mlops config check FILE…</c>: everything that Cloud Build would refuse, and what users trip over; as text, JSON or SARIF.</summary>
internal static class CheckConfig
{
    private const string Page = "docs/checks.md";
    private static readonly Argument<string[]> Files = new("FILE") { Description = "cloudbuild.yaml files, YAML or JSON.", Arity = ArgumentArity.OneOrMore };
    private static readonly Option<string[]> Substitutions = SubstitutionsOption.Create();

    private static readonly Option<string> Output = new Option<string>("--output")
    {
        Description = "'text' for people, 'json' for machines, 'sarif' for code hosts and editors.",
        DefaultValueFactory = _ => "text",
    }.AcceptOnlyFromAmong("text", "json", "sarif");

    public static Command Command() =>
        new Command("check", "Checks files for all that Cloud Build refuses, and for what is hardly meant.") { Files, Substitutions, Output }.Does(static (verb, _) => Task.FromResult(Run(verb)));

    private static int Run(VerbContext verb)
    {
        var given = SubstitutionsOption.Read(verb.Parsed.GetValue(Substitutions) ?? []);
        var files = verb.Parsed.GetValue(Files) ?? [];
        var problems = files.SelectMany(file => Check(file, given)).ToArray();
        var output = verb.Parsed.GetValue(Output);
        using var report = Report.Create(output == "json", verb.Report.Strict);
        if (output == "sarif")
        {
            Console.Out.Write(SarifLog.Text([.. problems.Select(Places.Relative)], Toolkit.Version, Page));
        }

        var exit = report.Problems(problems);
        var errors = problems.Count(problem => problem.Severity == Severity.Error);
        report.Aside(problems.Length == 0
            ? $"{Quantity.Of(files.Length, "file")}: nothing to say against {(files.Length == 1 ? "it" : "them")}."
            : $"{Quantity.Of(files.Length, "file")}: {Quantity.Of(errors, "error")}, {Quantity.Of(problems.Length - errors, "warning")}. The codes in brackets are explained in {Page}.");
        return exit;
    }

    private static IEnumerable<Problem> Check(string file, IReadOnlyDictionary<string, string> given) => ConfigFile.Read(file, out var unreadable) is { } text
        ? ConfigChecker.Check(file, text, given)
        : [Problem.Error("file-unreadable", unreadable!.Message, unreadable.Spot)];
}

using System.CommandLine;
using MlOps.Cli.Output;

namespace MlOps.Cli.Verbs;

/// <summary>What a verb is given: what was parsed, its report, and where it runs.</summary>
internal sealed record VerbContext(ParseResult Parsed, Report Report, TimeProvider Time)
{
    public string ProjectDirectory => Parsed.GetValue(CommonOptions.ProjectDir)?.FullName ?? Directory.GetCurrentDirectory();

    /// <summary>What <c>--output</c> says.</summary>
    public string Output => OutputOf(Parsed);

    public string? EnvironmentName => Parsed.GetValue(CommonOptions.Environment);

    /// <summary>By name: a verb with more than text and JSON has an option of its own in the place of the common one.</summary>
    public static string OutputOf(ParseResult parsed) => parsed.GetValue<string>(CommonOptions.Output.Name)!;
}

internal static class Verb
{
    /// <summary>All verbs; one file each.</summary>
    public static IEnumerable<Command> All() =>
    [
        InitVerb.Command(),
        CiVerb.Command(),
        .. StepVerbs.Commands(),
        CompileVerb.Command(),
        ConfigVerb.Command(),
        RunVerb.Command(),
        DebugVerb.Command(),
        ReleaseVerb.Command(),
        PromoteVerb.Command(),
        ApproveVerb.Command(),
        HoldVerb.Command(),
        RollbackVerb.Command(),
        LedgerVerb.Command(),
        StatusVerb.Command(),
        TraceVerb.Command(),
        SubmitVerb.Command(),
        BuildsVerb.Command(),
        LineageVerb.Command(),
        TriggersVerb.Command(),
        CloudVerb.Command(),
        DoctorVerb.Command(),
        SchemaVerb.Command(),
    ];

    /// <summary>Gives a command its action; failures become messages and exit codes in one place.</summary>
    /// <param name="outputs">What <c>--output</c> takes beside text and JSON.</param>
    public static Command Does(this Command command, Func<VerbContext, CancellationToken, Task<int>> run, params string[] outputs)
    {
        if (outputs.Length > 0)
        {
            command.Options.Add(CommonOptions.OutputOf(outputs));
        }

        command.SetAction(async (parsed, cancel) =>
        {
            using var report = Report.Create(VerbContext.OutputOf(parsed) == "json", parsed.GetValue(CommonOptions.Strict));
            try
            {
                return await run(new VerbContext(parsed, report, TimeProvider.System), cancel);
            }
            catch (Exception error)
            {
                return report.Failed(error, cancel);
            }
        });
        return command;
    }
}

using System.CommandLine;
using MlOps.Cli.Output;

namespace MlOps.Cli.Verbs;

/// <summary>What a verb is given: what was parsed, its report, and where it runs.</summary>
internal sealed record VerbContext(ParseResult Parsed, Report Report, TimeProvider Time)
{
    public string ProjectDirectory => Parsed.GetValue(CommonOptions.ProjectDir)?.FullName ?? Directory.GetCurrentDirectory();

    public string? EnvironmentName => Parsed.GetValue(CommonOptions.Environment);
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
        ReleaseVerb.Command(),
        CloudVerb.Command(),
        DoctorVerb.Command(),
        SchemaVerb.Command(),
    ];

    /// <summary>Gives a command its action; failures become messages and exit codes in one place.</summary>
    public static Command Does(this Command command, Func<VerbContext, CancellationToken, Task<int>> run)
    {
        command.SetAction(async (parsed, cancel) =>
        {
            using var report = Report.Create(parsed.GetValue(CommonOptions.Output) == "json", parsed.GetValue(CommonOptions.Strict));
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

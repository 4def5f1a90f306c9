using System.CommandLine;
using MlOps.Cli.Sessions;
using MlOps.Cli.Verbs.Compile;

namespace MlOps.Cli.Verbs;

/// <summary>
/// <c>mlops compile FILE…</c>: definitions to <c>NAME.json</c>, outside a repo too; without a file, the compile step. With
/// <c>--check</c>, <c>--diff</c> or <c>--graph</c> pipelines are looked at, whoever compiled them.
/// </summary>
internal static class CompileVerb
{
    public static Command Command()
    {
        var command = new Command("compile", "Compiles pipeline definitions to KFP IR; checks, compares and draws compiled pipelines.")
        {
            CompileOptionSet.Files, CompileOptionSet.Out, CompileOptionSet.OutDir, CompileOptionSet.AllowTags, CompileOptionSet.Coerce,
            CompileOptionSet.Check, CompileOptionSet.Diff, CompileOptionSet.ExitCode, CompileOptionSet.Graph,
        };
        DeliverySession.AddOptions(command);
        return command.Does(RunAsync, "sarif");
    }

    private static async Task<int> RunAsync(VerbContext verb, CancellationToken cancel)
    {
        CompileOptionSet.Verify(verb.Parsed);
        var files = verb.Parsed.GetValue(CompileOptionSet.Files) ?? [];
        if (verb.Parsed.GetValue(CompileOptionSet.Check))
        {
            return CheckPipelines.Run(verb, files);
        }

        if (verb.Parsed.GetValue(CompileOptionSet.Diff))
        {
            return await DiffPipelines.RunAsync(verb, files, cancel);
        }

        if (verb.Parsed.GetValue(CompileOptionSet.Graph) is { } format)
        {
            return await DrawPipeline.RunAsync(verb, files, format, cancel);
        }

        return files.Length == 0 ? await StepVerbs.RunAsync(verb, "compile", cancel) : await CompileFiles.RunAsync(verb, files, cancel);
    }
}

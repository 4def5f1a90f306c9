using System.CommandLine;
using MlOps.Cli.Output;
using MlOps.Core.Problems;
using MlOps.Pipelines;

namespace MlOps.Cli.Verbs.Compile;

/// <summary>The options of <c>mlops compile</c>.</summary>
internal static class CompileOptionSet
{
    public static readonly Argument<FileInfo[]> Files = new("FILE") { Description = "Pipeline definitions; left out: the pipelines of mlops.yaml. With --check compiled pipelines, with --diff and --graph either.", Arity = ArgumentArity.ZeroOrMore };
    public static readonly Option<DirectoryInfo?> OutDir = new("--out-dir") { Description = "Where NAME.json is written (default: the current folder)." };
    public static readonly Option<FileInfo?> Out = new("--out", "-o") { Description = "The file to write: of one definition (.json, or .yaml as the KFP SDK has it), or the picture of --graph (default: stdout)." };
    public static readonly Option<bool> AllowTags = new("--allow-tags") { Description = "Images need not be pinned by digest." };
    public static readonly Option<bool> Coerce = new("--coerce-custom-types") { Description = "Inputs of v1 components without a type, or with one of the author's own, are strings where they are used by value." };
    public static readonly Option<bool> Check = new("--check") { Description = "Checks compiled pipelines (JSON or YAML, a PipelineSpec or a PipelineJob), whoever compiled them; writes nothing." };
    public static readonly Option<bool> Diff = new("--diff") { Description = "Tells in what two pipelines differ: OLD NEW, or one file against what --env has." };
    public static readonly Option<bool> ExitCode = new("--exit-code") { Description = "With --diff: exit code 1 if they differ." };
    public static readonly Option<string?> Graph = new Option<string?>("--graph") { Description = "Draws one pipeline: 'svg', 'dot' or 'mermaid'." }.AcceptOnlyFromAmong(Pictures.Formats);

    /// <summary>What is done with the files: one thing at a time, and each option only where it says something.</summary>
    /// <exception cref="InvalidInputException">Options that do not go together.</exception>
    public static void Verify(ParseResult parsed)
    {
        var modes = new Option[] { Check, Diff, Graph }.Where(option => parsed.GetResult(option) is { Implicit: false } && (option == Graph || parsed.GetValue((Option<bool>)option))).ToArray();
        if (modes.Length > 1)
        {
            throw new InvalidInputException("one-of", $"{string.Join(" and ", modes.Select(mode => mode.Name))}: give one of them.");
        }

        var mode = modes.FirstOrDefault();
        Refuse(parsed, ExitCode, mode == Diff, "only with --diff.");
        Refuse(parsed, Out, mode is null || mode == Graph, "only for compiling and with --graph.");
        Refuse(parsed, OutDir, mode is null, "only for compiling; --graph takes -o FILE.");
        if (VerbContext.OutputOf(parsed) == "sarif" && mode != Check)
        {
            throw new InvalidInputException("one-of", "--output sarif: only with --check.");
        }

        if (parsed.GetValue(Out) is not null && parsed.GetValue(OutDir) is not null)
        {
            throw new InvalidInputException("one-of", "--out and --out-dir: give one of them.");
        }
    }

    /// <summary>How definitions are compiled to be looked at: what they run need not be pinned.</summary>
    public static async Task<CompileOptions> ToLookAtAsync(VerbContext verb, FileInfo[] files, ICollection<Problem> problems, CancellationToken cancel) =>
        new() { AllowTags = true, CoerceCustomTypes = verb.Parsed.GetValue(Coerce), References = await FetchReferences.RunAsync(verb, files, problems, cancel) };

    private static void Refuse(ParseResult parsed, Option option, bool fits, string otherwise)
    {
        if (!fits && parsed.GetResult(option) is { Implicit: false })
        {
            throw new InvalidInputException("one-of", $"{option.Name}: {otherwise}");
        }
    }
}

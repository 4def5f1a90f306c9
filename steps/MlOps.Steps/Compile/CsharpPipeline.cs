using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using MlOps.Core.Problems;
using MlOps.Pipelines;
using MlOps.Pipelines.Authoring;
using MlOps.Steps.Commands;
using MlOps.Steps.Project;
using MlOps.Steps.References;

namespace MlOps.Steps.Compile;

/// <summary>
/// A pipeline in C#: a .cs file or a .csproj that `dotnet run` runs where it stands, and that hands over its definition
/// (MlOps.Pipelines.Authoring), which is compiled here as one in YAML is. The library stands beside this command
/// (docs/decisions/0009).
/// </summary>
internal static partial class CsharpPipeline
{
    /// <param name="references">Receives what it refers to.</param>
    public static async Task<JsonObject?> CompileAsync(DeliveryContext context, PipelineSource source, CompileOptions options, IDictionary<string, string?> references, List<Problem> problems, CancellationToken cancel)
    {
        var output = ComponentReferences.HandedOver(context, source);
        Directory.CreateDirectory(Path.GetDirectoryName(output)!);
        File.Delete(output);

        // A file by itself would be made ready for native code, which needs packages that a closed network may not have.
        string[] arguments = Path.GetExtension(source.Source) == ".csproj" ? ["run", "--project", source.Source] : ["run", "-p:PublishAot=false", source.Source];
        var result = await RunAsync(context, source, arguments, output, cancel);
        if (result.ExitCode != 0)
        {
            Refused(Shown(context, source), result, problems);
            return null;
        }

        if (!File.Exists(output))
        {
            throw new StepFailedException($"{Shown(context, source)} ended well but handed over no pipeline: its last line must be 'return pipeline.Print();'.", result.Tail);
        }

        var text = await File.ReadAllTextAsync(output, cancel);
        var own = await ComponentReferences.FetchAsync(context, AuthoredDefinition.References(text, source.Source), problems, cancel);
        foreach (var (reference, content) in own)
        {
            references[reference] = content;
        }

        return AuthoredDefinition.Compile(text, source.Source, options with { References = own }, problems)?.Spec;
    }

    private static async Task<CommandResult> RunAsync(DeliveryContext context, PipelineSource source, string[] arguments, string output, CancellationToken cancel)
    {
        var environment = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["MLOPS_OUTPUT"] = output,
            ["MLOPS_ENVIRONMENT"] = context.Environment.Name,
            ["MlOpsLibrary"] = AppContext.BaseDirectory,
            ["DOTNET_NOLOGO"] = "1",
            ["DOTNET_CLI_TELEMETRY_OPTOUT"] = "1",
        };
        await using var log = StepLog.Create(context, "compile", source.Name);
        try
        {
            return await ShellCommand.RunAsync("dotnet", arguments, context.Project.Root, environment, log.Aloud, cancel);
        }
        catch (MachineLacksException lacks)
        {
            throw new MachineLacksException($"Pipeline '{source.Name}' is C#, and the command 'dotnet' is not on this machine.", "Install the .NET 10 SDK; or use the builder image's dotnet flavour.", lacks);
        }
    }

    /// <summary>What the C# compiler says is a problem like any other; else the program itself failed.</summary>
    private static void Refused(string source, CommandResult result, List<Problem> problems)
    {
        var errors = result.Output.Select(line => CompilerError().Match(line)).Where(match => match.Success).Select(Error).Distinct().ToArray();
        if (errors.Length == 0)
        {
            throw new StepFailedException($"The pipeline {source} failed with exit code {result.ExitCode}.", result.Tail);
        }

        problems.AddRange(errors);
    }

    private static string Shown(DeliveryContext context, PipelineSource source) => Path.GetRelativePath(context.Project.Root, source.Source);

    private static Problem Error(Match match) => Problem.Error(
        match.Groups["code"].Value,
        match.Groups["message"].Value + (match.Groups["message"].Value.Contains("'MlOps'", StringComparison.Ordinal) ? " The library is referred to by a Directory.Build.props beside the pipeline: take that of the template csharp-pipeline." : ""),
        new SourceSpot(match.Groups["file"].Value, Number(match.Groups["line"]), Number(match.Groups["column"])));

    private static int Number(Group group) => int.Parse(group.Value, CultureInfo.InvariantCulture);

    // FILE(LINE,COLUMN): error CODE: MESSAGE [PROJECT]
    [GeneratedRegex(@"^\s*(?<file>[^(]+)\((?<line>[0-9]+),(?<column>[0-9]+)\): error (?<code>[A-Za-z]+[0-9]+): (?<message>.*?)( \[[^\]]*\])?$")]
    private static partial Regex CompilerError();
}

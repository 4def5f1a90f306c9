using System.CommandLine;
using MlOps.Core.Problems;

namespace MlOps.Cli.Output;

/// <summary>What is said of a command line that cannot be understood: every fault, the nearest known name, where help is.</summary>
internal static class UsageReport
{
    public static int Write(ParseResult parsed, TextWriter errors)
    {
        foreach (var error in parsed.Errors)
        {
            errors.WriteLine($"error: {error.Message}");
        }

        var command = parsed.CommandResult.Command;
        foreach (var token in parsed.UnmatchedTokens)
        {
            var known = token.StartsWith('-')
                ? command.Options.Concat(command.Parents.OfType<Command>().SelectMany(parent => parent.Options.Where(option => option.Recursive))).Select(option => option.Name)
                : command.Subcommands.Select(sub => sub.Name);
            errors.WriteLine($"  '{token}' is not known here.{Suggestion.For(token, known)}");
        }

        errors.WriteLine($"See '{Path(command)} --help'.");
        return ExitCode.InvalidInput;
    }

    private static string Path(Command command)
    {
        var parent = command.Parents.OfType<Command>().FirstOrDefault();
        return parent is null ? "mlops" : $"{Path(parent)} {command.Name}";
    }
}

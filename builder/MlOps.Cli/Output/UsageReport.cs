using System.CommandLine;
using System.CommandLine.Parsing;
using MlOps.Core.Problems;

namespace MlOps.Cli.Output;

/// <summary>What is said of a command line that cannot be understood: every fault, the nearest known name, where help is.</summary>
internal static class UsageReport
{
    /// <summary>Whether all of it was understood.</summary>
    public static bool IsRight(ParseResult parsed) => parsed.Errors.Count == 0 && !Misspelt(parsed).Any();

    public static int Write(ParseResult parsed, TextWriter errors)
    {
        foreach (var error in parsed.Errors)
        {
            errors.WriteLine($"error: {error.Message}");
        }

        var command = parsed.CommandResult.Command;
        foreach (var token in Misspelt(parsed))
        {
            errors.WriteLine($"error: There is no option '{token}'.{Suggestion.For(token, Options(command))} What begins with '-' and is no option is written after --, or ./{token}.");
        }

        foreach (var token in parsed.UnmatchedTokens)
        {
            var known = token.StartsWith('-') ? Options(command) : command.Subcommands.Select(sub => sub.Name);
            errors.WriteLine($"  '{token}' is not known here.{Suggestion.For(Name(token), known)}");
        }

        errors.WriteLine($"See '{Path(command)} --help'.");
        return ExitCode.InvalidInput;
    }

    // The parser takes any word for a file that is no option's name, a misspelt option too.
    private static IEnumerable<string> Misspelt(ParseResult parsed)
    {
        var given = parsed.CommandResult.Children.OfType<ArgumentResult>().SelectMany(argument => argument.Tokens).ToHashSet<Token>(ReferenceEqualityComparer.Instance);
        return parsed.Tokens
            .TakeWhile(token => token.Type != TokenType.DoubleDash)
            .Where(token => given.Contains(token) && token.Value.Length > 1 && token.Value[0] == '-')
            .Select(token => Name(token.Value));
    }

    private static string Name(string token) => token.Split('=')[0];

    private static IEnumerable<string> Options(Command command) => command.Options.Select(option => option.Name).Concat(Inherited(command)).Distinct(StringComparer.Ordinal);

    private static IEnumerable<string> Inherited(Command command) =>
        command.Parents.OfType<Command>().SelectMany(parent => parent.Options.Where(option => option.Recursive).Select(option => option.Name).Concat(Inherited(parent)));

    private static string Path(Command command)
    {
        var parent = command.Parents.OfType<Command>().FirstOrDefault();
        return parent is null ? "mlops" : $"{Path(parent)} {command.Name}";
    }
}

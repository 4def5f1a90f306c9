using System.Collections.Immutable;
using System.Text.RegularExpressions;
using MlOps.Core.Problems;

namespace MlOps.Containers.Dockerfiles;

/// <summary>Reads a Dockerfile into its stages; what neither builder would take is a problem with its place.</summary>
public static partial class DockerfileParser
{
    private static readonly ImmutableArray<string> Keywords =
    [
        "ADD", "ARG", "CMD", "COPY", "ENTRYPOINT", "ENV", "EXPOSE", "FROM", "HEALTHCHECK", "LABEL", "MAINTAINER",
        "ONBUILD", "RUN", "SHELL", "STOPSIGNAL", "USER", "VOLUME", "WORKDIR",
    ];

    /// <param name="file">As problems name it.</param>
    public static Dockerfile Parse(string file, string text, ICollection<Problem> problems)
    {
        var reader = new LogicalLines(text);
        var arguments = ImmutableArray.CreateBuilder<BuildArgument>();
        var stages = new List<(BuildStage Stage, ImmutableArray<Instruction>.Builder Instructions)>();
        foreach (var line in reader.Read())
        {
            if (Instruction(file, line, problems) is not { } instruction)
            {
                continue;
            }

            if (instruction.Keyword == "FROM")
            {
                stages.Add((Stage(instruction, stages.Count, problems), ImmutableArray.CreateBuilder<Instruction>()));
            }
            else if (stages.Count > 0)
            {
                stages[^1].Instructions.Add(instruction);
            }
            else if (instruction.Keyword != "ARG")
            {
                problems.Add(Problem.Error("no-from", $"{instruction.Keyword} stands before the first FROM, where only ARG may.", instruction.Spot));
            }

            if (instruction.Keyword == "ARG")
            {
                arguments.AddRange(Arguments(instruction, stages.Count == 0 ? null : stages.Count - 1));
            }
        }

        if (reader.Unended is { } unended)
        {
            problems.Add(Problem.Error("unended-here-document", $"The here-document has no line '{unended.Word}' that ends it.", new SourceSpot(file, unended.Line, 1)));
        }

        if (stages.Count == 0)
        {
            problems.Add(Problem.Error("no-from", "There is no FROM: a Dockerfile starts from an image, such as FROM python:3.11-slim, or FROM scratch.", new SourceSpot(file, 1, 1)));
        }

        return new Dockerfile(file, reader.Syntax, arguments.ToImmutable(), [.. stages.Select(stage => stage.Stage with { Instructions = stage.Instructions.ToImmutable() })]);
    }

    private static Instruction? Instruction(string file, LogicalLine line, ICollection<Problem> problems)
    {
        var spot = new SourceSpot(file, line.Line, line.Column);
        var word = Word().Match(line.Text).Value;
        var keyword = word.ToUpperInvariant();
        if (!Keywords.Contains(keyword))
        {
            problems.Add(Problem.Error("unknown-instruction", $"Unknown instruction '{word}'.{Suggestion.For(keyword, Keywords)}", spot));
            return null;
        }

        var rest = line.Text[word.Length..].TrimStart();
        if (rest.Length == 0)
        {
            problems.Add(Problem.Error("empty-instruction", $"{keyword} says nothing: it needs at least one argument.", spot));
            return null;
        }

        var flags = ImmutableArray.CreateBuilder<KeyValuePair<string, string>>();
        while (keyword is "FROM" or "RUN" or "COPY" or "ADD" or "HEALTHCHECK" && Flag().Match(rest) is { Success: true } flag)
        {
            flags.Add(KeyValuePair.Create(flag.Groups["name"].Value, flag.Groups["value"].Value));
            rest = rest[flag.Length..];
        }

        return new Instruction(keyword, flags.ToImmutable(), rest, spot);
    }

    private static BuildStage Stage(Instruction from, int index, ICollection<Problem> problems)
    {
        var words = from.Text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
        var name = words.Length == 3 && words[1].Equals("as", StringComparison.OrdinalIgnoreCase) ? words[2] : null;
        if (words.Length == 0 || (words.Length != 1 && name is null))
        {
            problems.Add(Problem.Error("bad-from", $"FROM {from.Text}: expected FROM IMAGE, or FROM IMAGE AS STAGE.", from.Spot));
        }
        else if (name is not null && !StageName().IsMatch(name))
        {
            problems.Add(Problem.Error("bad-name", $"'{name}' is not a stage's name: expected a letter, then letters, digits, '-', '_' or '.'.", from.Spot));
        }

        return new BuildStage(index, name, words.FirstOrDefault("").Trim('"', '\''), [], from.Spot);
    }

    private static IEnumerable<BuildArgument> Arguments(Instruction arg, int? stage) =>
        ArgumentWord().Matches(arg.Text).Select(match => new BuildArgument(
            match.Groups["name"].Value, match.Groups["value"] is { Success: true } value ? Unquoted(value.Value) : null, stage, arg.Spot));

    private static string Unquoted(string value) => value is ['"', .., '"'] or ['\'', .., '\''] ? value[1..^1] : value;

    [GeneratedRegex(@"^\S+")]
    private static partial Regex Word();

    [GeneratedRegex(@"^--(?<name>[a-z][a-z-]*)(=(?<value>""[^""]*""|\S*))?(\s+|$)", RegexOptions.ExplicitCapture)]
    private static partial Regex Flag();

    [GeneratedRegex("^[A-Za-z][A-Za-z0-9_.-]*$")]
    private static partial Regex StageName();

    [GeneratedRegex(@"(?<=^|\s)(?<name>[A-Za-z_][A-Za-z0-9_]*)(=(?<value>""[^""]*""|'[^']*'|\S*))?(?=\s|$)", RegexOptions.ExplicitCapture)]
    private static partial Regex ArgumentWord();
}

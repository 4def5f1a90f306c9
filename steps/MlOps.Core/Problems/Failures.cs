using System.Collections.Immutable;

namespace MlOps.Core.Problems;

/// <summary>The user's input is wrong (exit code 2): all problems at once.</summary>
public sealed class InvalidInputException(IEnumerable<Problem> problems) : Exception("The input is wrong.")
{
    public InvalidInputException(string code, string message, SourceSpot spot = default)
        : this([Problem.Error(code, message, spot)])
    {
    }

    public ImmutableArray<Problem> Problems { get; } = [.. problems];

    public override string Message => string.Join('\n', Problems);
}

/// <summary>A step failed (exit code 1); <see cref="Tail"/> holds the failing command's own last lines. Open, so that a refused cloud call can carry its status.</summary>
public class StepFailedException(string message, IEnumerable<string>? tail = null, Exception? inner = null) : Exception(message, inner)
{
    public ImmutableArray<string> Tail { get; } = [.. tail ?? []];
}

/// <summary>The machine lacks something (exit code 3); <see cref="Remedy"/> says how to get it.</summary>
public sealed class MachineLacksException(string what, string remedy, Exception? inner = null) : Exception($"{what} {remedy}", inner)
{
    public string What { get; } = what;

    public string Remedy { get; } = remedy;
}

/// <summary>The command's exit codes (design.md, "The command").</summary>
public static class ExitCode
{
    public const int Done = 0;
    public const int StepFailed = 1;
    public const int InvalidInput = 2;
    public const int MachineLacks = 3;
    public const int Interrupted = 130;
}

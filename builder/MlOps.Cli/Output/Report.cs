using System.Text.Json;
using System.Text.Json.Nodes;
using MlOps.Core.Problems;
using MlOps.Steps;
using MlOps.Steps.Promotion;

namespace MlOps.Cli.Output;

/// <summary>
/// What a verb says: results on stdout, everything else on stderr when the output is JSON. Problems are printed as compilers
/// print them, or as one JSON list <c>[{code, severity, message, file, line, column}]</c>.
/// </summary>
internal sealed class Report(bool json, bool strict, TextWriter output, TextWriter errors) : IDisposable
{
    public bool Json => json;

    public bool Strict => strict;

    /// <summary>People's text: on stdout, or on stderr where stdout belongs to a machine.</summary>
    public TextWriter Text => json ? errors : output;

    public static Report Create(bool json, bool strict) => new(json, strict, Console.Out, Console.Error);

    public void Result(JsonNode? result)
    {
        if (json)
        {
            output.WriteLine(result?.ToJsonString(Indented) ?? "null");
        }
    }

    public void ResultText(string serialized)
    {
        if (json)
        {
            output.WriteLine(serialized);
        }
    }

    public void Line(string text = "") => Text.WriteLine(text);

    /// <summary>A line for people on stderr, whatever stdout is for.</summary>
    public void Aside(string text) => errors.WriteLine(text);

    /// <summary>Prints findings; gives the exit code that they mean.</summary>
    public int Problems(IReadOnlyCollection<Problem> problems)
    {
        if (json)
        {
            output.WriteLine(JsonSerializer.Serialize([.. problems], RecordJson.Default.ImmutableArrayProblem));
        }

        WriteProblems(problems);
        return problems.Any(problem => strict || problem.Severity == Severity.Error) ? ExitCode.InvalidInput : ExitCode.Done;
    }

    public void WriteProblems(IReadOnlyCollection<Problem> problems)
    {
        foreach (var problem in problems)
        {
            errors.WriteLine(Places.Relative(problem));
        }
    }

    /// <summary>Tells what environments could not say; gives the exit code that it means.</summary>
    public int Silent(IReadOnlyCollection<Problem> silent)
    {
        WriteProblems(silent);
        return silent.Any(problem => problem.Severity == Severity.Error) ? ExitCode.StepFailed : ExitCode.Done;
    }

    public int Failed(Exception error, CancellationToken cancel)
    {
        switch (error)
        {
            case OperationCanceledException when cancel.IsCancellationRequested:
                errors.WriteLine("Interrupted.");
                return ExitCode.Interrupted;
            case InvalidInputException invalid:
                Problems(invalid.Problems);
                var count = invalid.Problems.Count(problem => problem.Severity == Severity.Error);
                errors.WriteLine(Quantity.Of(count, "error") + ".");
                return ExitCode.InvalidInput;
            case MachineLacksException lacks:
                Result(new JsonObject { ["error"] = lacks.What, ["remedy"] = lacks.Remedy });
                errors.WriteLine($"error: {lacks.What}\n  {lacks.Remedy}\n  'mlops doctor' lists what is missing on this machine.");
                return ExitCode.MachineLacks;
            case GatesClosedException closed:
                Result(new JsonObject { ["error"] = closed.Message, ["gates"] = JsonSerializer.SerializeToNode(closed.Gates, RecordJson.Default.ImmutableArrayGateResult) });
                Failure(closed);
                return ExitCode.StepFailed;
            case StepFailedException failed:
                Result(new JsonObject { ["error"] = failed.Message, ["tail"] = new JsonArray([.. failed.Tail.Select(JsonNode? (line) => line)]) });
                Failure(failed);
                return ExitCode.StepFailed;
            case IOException or UnauthorizedAccessException:
                errors.WriteLine($"error: {error.Message}{Places.DiskHint(error)}");
                return ExitCode.StepFailed;
            default:
                errors.WriteLine($"error: unexpected {error.GetType().Name}: {error.Message}\n{error.StackTrace}\nThis is a fault of mlops: please report it with the lines above.");
                return ExitCode.StepFailed;
        }
    }

    /// <summary>For people: the failing command's last lines, then what failed.</summary>
    public void Failure(StepFailedException failed)
    {
        foreach (var line in failed.Tail)
        {
            errors.WriteLine($"  | {line}");
        }

        errors.WriteLine($"error: {failed.Message}");
    }

    public void Dispose()
    {
        output.Flush();
        errors.Flush();
    }

    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };
}

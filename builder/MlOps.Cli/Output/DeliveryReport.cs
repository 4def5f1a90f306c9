using MlOps.Core.Graph;
using MlOps.Core.Problems;
using MlOps.Steps;

namespace MlOps.Cli.Output;

/// <summary>How steps get on, a line each: plain in CI, with colour on a terminal.</summary>
/// <param name="verbose">What the programs that steps run print is shown too.</param>
internal sealed class DeliveryReport(Report report, bool verbose, TimeProvider time) : IStepObserver, IDeliveryLog
{
    private static readonly TimeSpan Quick = TimeSpan.FromSeconds(1);
    private readonly Lock _gate = new();
    private readonly long _start = time.GetTimestamp();
    private readonly Ink _ink = Ink.Of(report);

    public List<Problem> Warnings { get; } = [];

    public TimeSpan Elapsed => time.GetElapsedTime(_start);

    public void Started(string step) => Say($"{_ink.Bold($"{step,-11}")} {_ink.Dim("started")}");

    public void Finished(string step, StepResult result, TimeSpan took) =>
        Say($"{_ink.Bold($"{step,-11}")} {(result.Skipped ? _ink.Dim("= ") : _ink.Green("✓ "))}{result.Summary}  {_ink.Dim(Duration(took))}");

    public void Failed(string step, Exception error, TimeSpan took) =>
        Say($"{_ink.Bold($"{step,-11}")} {(error is OperationCanceledException ? _ink.Dim("- stopped") : _ink.Red("✗ failed"))}  {_ink.Dim(Duration(took))}");

    public void Line(string step, string? subject, string text) => Say(_ink.Dim($"{step,-11} {(subject is null ? "" : subject + ": ")}{text}"));

    public void Output(string step, string subject, string text)
    {
        if (verbose)
        {
            Line(step, subject, text);
        }
    }

    public void Warning(Problem problem)
    {
        lock (_gate)
        {
            Warnings.Add(problem);
            report.WriteProblems([problem]);
        }
    }

    /// <summary><c>0.41 s</c>, <c>12.3 s</c>, <c>3 min 05 s</c></summary>
    public static string Duration(TimeSpan took) =>
        took < Quick ? $"{took.TotalSeconds:0.00} s" : took.TotalSeconds < 60 ? $"{took.TotalSeconds:0.0} s" : $"{(int)took.TotalMinutes} min {took.Seconds:00} s";

    private void Say(string text)
    {
        lock (_gate)
        {
            report.Line(text);
        }
    }
}

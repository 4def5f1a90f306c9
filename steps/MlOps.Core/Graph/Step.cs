using System.Collections.Immutable;

namespace MlOps.Core.Graph;

/// <summary>A step is a value: its name, the names of the steps that it needs, and what it does.</summary>
public sealed record Step<TContext>(string Name, ImmutableArray<string> Needs, Func<TContext, CancellationToken, Task<StepResult>> Run);

/// <summary>How a step ended; a failure is thrown, never returned.</summary>
/// <param name="Skipped">Its inputs' fingerprint had not changed: nothing was done.</param>
/// <param name="Summary">One line for people.</param>
public sealed record StepResult(bool Skipped, string Summary)
{
    public static StepResult Done(string summary) => new(Skipped: false, summary);

    public static StepResult Unchanged(string summary) => new(Skipped: true, summary);
}

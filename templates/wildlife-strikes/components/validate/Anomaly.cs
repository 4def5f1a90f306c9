namespace Validate;

internal enum Severity
{
    Warning,

    /// <summary>Stops the pipeline.</summary>
    Error,
}

/// <param name="Code">A stable name of the kind of anomaly, such as <c>UNEXPECTED_VALUES</c>.</param>
/// <param name="Feature">The column; absent where the whole span is meant.</param>
internal sealed record Anomaly(Severity Severity, string Code, string Span, string? Feature, string Message)
{
    public override string ToString() => $"{Span}{(Feature is null ? "" : $", '{Feature}'")}: {Message} [{Code}]";
}

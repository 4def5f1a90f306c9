using System.Text.Json.Serialization;

namespace MlOps.Core.Problems;

/// <summary>Errors make a command end with exit code 2; warnings only under <c>--strict</c>.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<Severity>))]
public enum Severity
{
    [JsonStringEnumMemberName("warning")]
    Warning,
    [JsonStringEnumMemberName("error")]
    Error,
}

/// <summary>
/// One finding in a user's file. <see cref="Line"/> and <see cref="Column"/> count from 1; 0 means unknown.
/// <see cref="Code"/> is stable, lower-case with dashes (<c>unknown-key</c>), and has a page in docs.
/// <see cref="Message"/> says what is wrong, what was expected and what to do next.
/// </summary>
public sealed record Problem(string Code, Severity Severity, string Message, string? File = null, int Line = 0, int Column = 0)
{
    public static Problem Error(string code, string message, SourceSpot spot = default) => new(code, Severity.Error, message, spot.File, spot.Line, spot.Column);

    public static Problem Warning(string code, string message, SourceSpot spot = default) => new(code, Severity.Warning, message, spot.File, spot.Line, spot.Column);

    /// <summary><c>file:line:column: error: message [code]</c>, as compilers print it.</summary>
    public override string ToString()
    {
        var where = File is null ? "" : Line == 0 ? $"{File}: " : Column == 0 ? $"{File}:{Line}: " : $"{File}:{Line}:{Column}: ";
        return $"{where}{(Severity == Severity.Error ? "error" : "warning")}: {Message} [{Code}]";
    }
}

/// <summary>A place in a file; line and column count from 1.</summary>
public readonly record struct SourceSpot(string? File, int Line = 0, int Column = 0);

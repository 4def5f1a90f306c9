namespace MlOps.Core.Files;

/// <summary>Where a text stops being JSON (RFC 8259), and what was expected there.</summary>
/// <param name="Line">From 1.</param>
/// <param name="Column">From 1, in UTF-16 units.</param>
/// <param name="Message">Without a dot at the end.</param>
public sealed record JsonFault(int Line, int Column, string Message)
{
    /// <returns>Null where the text is JSON, or only nested too deep to be read.</returns>
    public static JsonFault? In(string text) => new JsonSyntax(text).Fault() is var (at, message)
        ? new JsonFault(text.AsSpan(0, at).Count('\n') + 1, at - text.AsSpan(0, at).LastIndexOf('\n'), message)
        : null;

    /// <summary>For messages about a text that is no file.</summary>
    public static string Words(string text) => In(text)?.ToString() ?? "it is nested too deep";

    public override string ToString() => Line == 1 ? $"at column {Column} {Message}" : $"at line {Line}, column {Column} {Message}";
}

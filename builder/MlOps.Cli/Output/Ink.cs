namespace MlOps.Cli.Output;

/// <summary>Colours and weights (ECMA-48), where they are on: text for people on a terminal, unless NO_COLOR is set (no-color.org).</summary>
internal sealed record Ink(bool IsOn)
{
    public static Ink Of(Report report) => new(!report.Json && !Console.IsOutputRedirected && Environment.GetEnvironmentVariable("NO_COLOR") is null);

    public string Bold(string text) => In("1", text);

    public string Dim(string text) => In("2", text);

    public string Red(string text) => In("31", text);

    public string Green(string text) => In("32", text);

    public string Yellow(string text) => In("33", text);

    private string In(string code, string text) => IsOn ? $"\e[{code}m{text}\e[0m" : text;
}

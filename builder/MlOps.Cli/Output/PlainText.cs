using Spectre.Console;
using Spectre.Console.Rendering;

namespace MlOps.Cli.Output;

/// <summary>What Spectre lays out as plain lines: no colours, never wrapped, so that lines can be searched and cut.</summary>
internal static class PlainText
{
    public static IEnumerable<string> Of(IRenderable laidOut)
    {
        using var text = new StringWriter { NewLine = "\n" };
        var console = AnsiConsole.Create(new AnsiConsoleSettings { Ansi = AnsiSupport.No, ColorSystem = ColorSystemSupport.NoColors, Out = new AnsiConsoleOutput(text) });
        console.Profile.Width = short.MaxValue;
        console.Write(laidOut);
        return text.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line.TrimEnd());
    }
}

using System.Text;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace MlOps.Cli.Output;

/// <summary>
/// Lines that go above a live part of the terminal, all that have gathered at once: the live part is drawn anew with each write.
/// They are written as they are, colours too, and wrapped by the terminal.
/// </summary>
internal sealed class LogLines : IRenderable
{
    /// <summary>Erases from the cursor to the end of the screen: what is left of the live part.</summary>
    private const string EraseBelow = "\e[J";

    private readonly StringBuilder _lines = new();

    public void Add(string line) => _lines.Append(line).Append('\n');

    public void WriteTo(IAnsiConsole console)
    {
        if (_lines.Length > 0)
        {
            console.Write(this);
            _lines.Clear();
        }
    }

    public Measurement Measure(RenderOptions options, int maxWidth) => new(0, maxWidth);

    public IEnumerable<Segment> Render(RenderOptions options, int maxWidth) => [Segment.Control(EraseBelow), Segment.Control(_lines.ToString())];
}

using MlOps.Core.Problems;
using MlOps.Core.Yaml;

namespace MlOps.Pipelines.Definitions;

/// <summary>Finds the places in the file of a scalar's expressions, one after the other, whatever the scalar's style.</summary>
internal sealed class ExpressionPlaces(string text, YamlScalar scalar)
{
    private int _at = scalar.Start;
    private int _line = scalar.Spot.Line;
    private int _lineStart = scalar.Start - (scalar.Spot.Column - 1);

    /// <summary>The place of the next <c>${{</c>; the scalar's own where it is written with escapes.</summary>
    public SourceSpot Next()
    {
        var end = Math.Min(scalar.End, text.Length);
        var found = _at < end ? text.IndexOf("${{", _at, end - _at, StringComparison.Ordinal) : -1;
        if (found < 0)
        {
            return scalar.Spot;
        }

        for (var at = _at; at < found; at++)
        {
            if (text[at] == '\n')
            {
                _line++;
                _lineStart = at + 1;
            }
        }

        _at = found + 3;
        return new SourceSpot(scalar.Spot.File, _line, found - _lineStart + 1);
    }
}

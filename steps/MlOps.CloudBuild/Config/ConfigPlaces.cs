using MlOps.Core.Problems;

namespace MlOps.CloudBuild.Config;

/// <summary>Where in its file each field of a message stands. Paths are the proto's JSON names: <c>steps[0].waitFor[1]</c>, <c>substitutions._TAG</c>. A scalar is at its value, a list or a map at its key.</summary>
/// <param name="text">The file's; without it pieces of a scalar are at the scalar.</param>
public sealed class ConfigPlaces(string? file, IReadOnlyDictionary<string, SourceSpot> spots, string? text = null)
{
    /// <summary>For a message that came over the wire: no file, no lines.</summary>
    public static ConfigPlaces None { get; } = new(null, new Dictionary<string, SourceSpot>());

    public string? File => file;

    /// <summary>With the places of fields that something else than the file gave, such as a flag.</summary>
    public ConfigPlaces With(IReadOnlyDictionary<string, SourceSpot> others)
    {
        var all = new Dictionary<string, SourceSpot>(spots, StringComparer.Ordinal);
        foreach (var (path, spot) in others)
        {
            all[path] = spot;
        }

        return new ConfigPlaces(file, all, text);
    }

    /// <summary>The place of a field; of the nearest field around it that is in the file where it is not there itself.</summary>
    public SourceSpot Of(string path)
    {
        for (var at = path; ; at = at[..at.LastIndexOfAny(['.', '['])])
        {
            if (spots.TryGetValue(at, out var spot))
            {
                return spot;
            }

            if (at.LastIndexOfAny(['.', '[']) <= 0)
            {
                return spots.TryGetValue("", out var top) ? top : new SourceSpot(file);
            }
        }
    }

    /// <summary>The place of a piece of a scalar, such as one <c>$_TAG</c> of a long script. Where the file writes it in another way (escapes), the scalar's.</summary>
    /// <param name="path">The scalar's.</param>
    /// <param name="value">The scalar's whole text, as it was read.</param>
    /// <param name="offset">Of the piece in <paramref name="value"/>.</param>
    public SourceSpot Of(string path, string value, int offset, int length)
    {
        if (text is null || length == 0 || !spots.TryGetValue(path, out var scalar))
        {
            return Of(path);
        }

        // The same piece may stand in the scalar more than once: it is found by counting.
        var piece = value.Substring(offset, length);
        var end = spots.Values.Where(spot => spot.Line > scalar.Line || (spot.Line == scalar.Line && spot.Column > scalar.Column)).Select(spot => IndexOf(text, spot)).DefaultIfEmpty(text.Length).Min();
        var found = IndexOf(text, scalar) - 1;
        for (var before = Count(value[..offset], piece); before >= 0; before--)
        {
            found = text.IndexOf(piece, found + 1, end - found - 1, StringComparison.Ordinal);
            if (found < 0)
            {
                return scalar;
            }
        }

        var line = scalar.Line + text.AsSpan(0, found).Count('\n') - text.AsSpan(0, IndexOf(text, scalar)).Count('\n');
        return new SourceSpot(scalar.File, line, found - text.LastIndexOf('\n', found));
    }

    private static int Count(string value, string piece)
    {
        var count = 0;
        for (var at = value.IndexOf(piece, StringComparison.Ordinal); at >= 0; at = value.IndexOf(piece, at + 1, StringComparison.Ordinal))
        {
            count++;
        }

        return count;
    }

    /// <summary>Where a line and column are in the text.</summary>
    private static int IndexOf(string text, SourceSpot spot)
    {
        var start = 0;
        for (var line = 1; line < spot.Line && start >= 0; line++)
        {
            start = text.IndexOf('\n', start) + 1;
        }

        return Math.Min(start + spot.Column - 1, text.Length);
    }
}

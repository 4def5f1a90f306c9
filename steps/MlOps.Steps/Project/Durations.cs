using System.Globalization;
using System.Text.RegularExpressions;
using MlOps.Core.Problems;

namespace MlOps.Steps.Project;

/// <summary>Durations as people write them: <c>90s</c>, <c>30m</c>, <c>2h</c>, <c>1d</c>, <c>1h30m</c>. Always with a unit, never zero.</summary>
public static partial class Durations
{
    public static bool TryParse(string text, out TimeSpan duration)
    {
        duration = default;
        var match = Grammar().Match(text);
        if (!match.Success)
        {
            return false;
        }

        var seconds = match.Groups["part"].Captures.Sum(part => double.Parse(part.ValueSpan[..^1], CultureInfo.InvariantCulture) * Unit(part.ValueSpan[^1]));
        if (seconds is <= 0 or > 366d * 24 * 3600)
        {
            return false;
        }

        duration = TimeSpan.FromSeconds(seconds);
        return true;
    }

    /// <summary>What an option of the command gives; null where it is not given.</summary>
    /// <exception cref="InvalidInputException">It is no duration.</exception>
    public static TimeSpan? Option(string name, string? text) => text is null
        ? null
        : TryParse(text, out var duration) ? duration : throw new InvalidInputException("bad-duration", $"{name} {text} is no duration; expected a number with a unit, such as 90s, 30m or 2h.");

    /// <summary>The two largest units of a duration, for people: <c>3d 4h</c>, <c>12m 30s</c>, <c>5s</c>.</summary>
    public static string Text(TimeSpan duration)
    {
        (string Unit, int Amount)[] parts = [("d", duration.Days), ("h", duration.Hours), ("m", duration.Minutes), ("s", duration.Seconds)];
        var first = Array.FindIndex(parts, part => part.Amount > 0);
        return first < 0 ? "0s" : string.Join(' ', parts.Skip(first).Take(2).Where(part => part.Amount > 0).Select(part => $"{part.Amount}{part.Unit}"));
    }

    private static int Unit(char unit) => unit switch
    {
        's' => 1,
        'm' => 60,
        'h' => 3600,
        _ => 86400,
    };

    [GeneratedRegex(@"^(?<part>[0-9]{1,9}(\.[0-9]{1,9})?[smhd])+$", RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant)]
    private static partial Regex Grammar();
}

using System.Globalization;
using System.Text.Json;

namespace Transform;

/// <summary>
/// A strike as it is known when it is reported, before anybody has looked at the aircraft, and its label.
/// <para>
/// The columns <c>Cost Other</c>, <c>Cost Repair</c> and <c>Cost Total $</c> are known only after the repair, and are the damage
/// itself in other words. They are not read at all, so no feature can leak them; the effect is the label and nothing else.
/// </para>
/// </summary>
/// <param name="SpeedKnots">Indicated air speed; absent in about a quarter of the reports.</param>
internal sealed record Strike(
    DateOnly Day,
    bool Damaged,
    string Phase,
    string Size,
    string TimeOfDay,
    string Species,
    string Aircraft,
    string Operator,
    string Airport,
    string State,
    double? SpeedKnots)
{
    /// <exception cref="InvalidDataException">A line is not a strike.</exception>
    public static IReadOnlyList<Strike> ReadAll(string path) => [.. File.ReadLines(path).Select((line, i) => Parse($"{path}, line {i + 1}", line))];

    /// <param name="where">Names the line in errors.</param>
    public static Strike Parse(string where, string json)
    {
        try
        {
            var columns = JsonSerializer.Deserialize<Dictionary<string, string>>(json)!;
            return From(columns);
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException or FormatException)
        {
            throw new InvalidDataException($"{where}: {e.Message}", e);
        }
    }

    private static Strike From(Dictionary<string, string> columns) => new(
        DateOnly.ParseExact(columns["Flight Date"], "yyyy-MM-dd", CultureInfo.InvariantCulture),
        columns["Effect Amount of damage"] != "None",
        columns["Phase of flight"],
        columns["Wildlife Size"],
        columns["Time of day"],
        columns["Wildlife Species"],
        columns["Aircraft Make Model"],
        columns["Aircraft Airline Operator"],
        columns["Airport Name"],
        columns["Origin State"],
        columns.TryGetValue("Speed IAS in knots", out var speed) ? double.Parse(speed, CultureInfo.InvariantCulture) : null);
}

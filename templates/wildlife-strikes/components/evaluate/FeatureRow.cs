using System.Text.Json;
using Microsoft.ML.Data;

namespace Evaluate;

/// <summary>What transform writes about a strike: the columns that the models were trained on, and the day for slices.</summary>
internal sealed class FeatureRow
{
    [NoColumn]
    public DateOnly Day { get; set; }

    public bool Damaged { get; set; }

    public string Phase { get; set; } = "";

    public string Size { get; set; } = "";

    public string TimeOfDay { get; set; } = "";

    public string Species { get; set; } = "";

    public string Aircraft { get; set; } = "";

    public string AircraftFamily { get; set; } = "";

    public string Operator { get; set; } = "";

    public string Airport { get; set; } = "";

    public string State { get; set; } = "";

    public float MonthSine { get; set; }

    public float MonthCosine { get; set; }

    public float SpeedKnots { get; set; }

    public float SpeedKnown { get; set; }

    public float ImpactEnergy { get; set; }

    /// <exception cref="InvalidDataException">A line is not a feature row.</exception>
    public static IReadOnlyList<FeatureRow> ReadAll(string path) => [.. File.ReadLines(path).Select((line, i) => Parse(path, i + 1, line))];

    private static FeatureRow Parse(string path, int line, string json)
    {
        try
        {
            return JsonSerializer.Deserialize<FeatureRow>(json, JsonSerializerOptions.Web) ?? throw new InvalidDataException($"{path}, line {line}: null is not a feature row.");
        }
        catch (JsonException e)
        {
            throw new InvalidDataException($"{path}, line {line}: {e.Message}", e);
        }
    }
}

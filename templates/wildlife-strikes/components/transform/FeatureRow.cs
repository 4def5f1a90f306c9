namespace Transform;

/// <summary>
/// One strike's features and label, as train and evaluate read them. <see cref="Day"/> is for order and slices and
/// <see cref="Damaged"/> is the label; neither is a feature.
/// </summary>
/// <param name="MonthSine">With <see cref="MonthCosine"/> the season as a point on a circle, -1 to 1: December is beside January.</param>
/// <param name="SpeedKnown">1 if the report has a speed, 0 if <see cref="SpeedKnots"/> is the phase's mean.</param>
/// <param name="ImpactEnergy">Rough kinetic energy in kilojoules: half the mass that is usual for the size, times speed squared.</param>
internal sealed record FeatureRow(
    DateOnly Day,
    bool Damaged,
    string Phase,
    string Size,
    string TimeOfDay,
    string Species,
    string Aircraft,
    string AircraftFamily,
    string Operator,
    string Airport,
    string State,
    float MonthSine,
    float MonthCosine,
    float SpeedKnots,
    float SpeedKnown,
    float ImpactEnergy)
{
    private const double MetresPerSecondPerKnot = 0.514444;

    public static FeatureRow From(Strike strike, Statistics statistics)
    {
        var angle = 2 * Math.PI * (strike.Day.Month - 1) / 12;
        var speed = statistics.SpeedKnots(strike);
        return new FeatureRow(
            strike.Day,
            strike.Damaged,
            strike.Phase,
            strike.Size,
            strike.TimeOfDay,
            statistics.Category("species", strike.Species),
            statistics.Category("aircraft", strike.Aircraft),
            Family(strike.Aircraft),
            statistics.Category("operator", strike.Operator),
            statistics.Category("airport", strike.Airport),
            statistics.Category("state", strike.State),
            (float)Math.Sin(angle),
            (float)Math.Cos(angle),
            (float)speed,
            strike.SpeedKnots is null ? 0 : 1,
            (float)(0.5 * MassKilograms(strike.Size) * Math.Pow(speed * MetresPerSecondPerKnot, 2) / 1e3));
    }

    /// <summary>B-737-300 and B-737-400 are one family, B-737.</summary>
    private static string Family(string aircraft)
    {
        var parts = aircraft.Split('-');
        return parts.Length > 2 ? $"{parts[0]}-{parts[1]}" : aircraft;
    }

    // Orders of magnitude of a starling, a gull and a goose.
    private static double MassKilograms(string size) => size switch { "Small" => 0.1, "Medium" => 1, "Large" => 4, _ => 0.5 };
}

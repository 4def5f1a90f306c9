namespace Validate;

internal enum FeatureType
{
    /// <summary>Free text: many values, new ones are expected.</summary>
    Text,

    /// <summary>One of a few known values.</summary>
    Category,

    Number,

    /// <summary>A day, yyyy-MM-dd.</summary>
    Day,
}

/// <summary>What the strikes are expected to look like; inferred once, then edited and reviewed like code.</summary>
internal sealed record Schema(IReadOnlyList<Feature> Features);

/// <param name="Name">The column's name in the source.</param>
/// <param name="MinPresence">Smallest share of strikes, 0 to 1, that must have a value.</param>
/// <param name="Domain">A category's known values.</param>
/// <param name="MinDomainMass">Smallest share of values, 0 to 1, that must be in the domain.</param>
/// <param name="MaxSkew">Largest L-infinity distance, 0 to 1, between the category's shares in the two spans.</param>
/// <param name="Min">A number's smallest expected value.</param>
/// <param name="Max">A number's largest expected value.</param>
internal sealed record Feature(
    string Name,
    FeatureType Type,
    double MinPresence,
    IReadOnlyList<string>? Domain = null,
    double? MinDomainMass = null,
    double? MaxSkew = null,
    double? Min = null,
    double? Max = null);

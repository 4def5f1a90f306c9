using System.Globalization;

namespace Validate;

/// <summary>One span against the schema.</summary>
internal static class SchemaCheck
{
    public static IEnumerable<Anomaly> Check(Schema schema, Span span)
    {
        if (span.Rows == 0)
        {
            return [new(Severity.Error, "NO_STRIKES", span.Name, null, "there are no strikes.")];
        }

        var unknown = span.Columns.Keys.Except(schema.Features.Select(f => f.Name))
            .Select(column => new Anomaly(Severity.Warning, "NEW_COLUMN", span.Name, column, "the schema does not know this column; nothing uses it."));
        return [.. schema.Features.SelectMany(feature => Check(feature, span)), .. unknown];
    }

    private static IEnumerable<Anomaly> Check(Feature feature, Span span)
    {
        var values = span[feature.Name];
        if (values.Count == 0 && feature.MinPresence > 0)
        {
            return [new(Severity.Error, "COLUMN_MISSING", span.Name, feature.Name, "no strike has it.")];
        }

        return [.. Presence(feature, values, span), .. Types(feature, values, span), .. Domain(feature, values, span), .. Range(feature, values, span)];
    }

    private static IEnumerable<Anomaly> Presence(Feature feature, IReadOnlyList<string> values, Span span)
    {
        var presence = (double)values.Count / span.Rows;
        if (presence < feature.MinPresence)
        {
            yield return new(Severity.Error, "VALUES_MISSING", span.Name, feature.Name, $"{Percent(presence)} of the strikes have a value, {Percent(feature.MinPresence)} must.");
        }
    }

    private static IEnumerable<Anomaly> Types(Feature feature, IReadOnlyList<string> values, Span span)
    {
        var wrong = values.Where(value => !Values.Fits(feature.Type, value)).ToList();
        if (wrong.Count > 0)
        {
            yield return new(Severity.Error, "WRONG_TYPE", span.Name, feature.Name, $"{wrong.Count} values are no {feature.Type.ToString().ToLowerInvariant()}: {Some(wrong)}.");
        }
    }

    private static IEnumerable<Anomaly> Domain(Feature feature, IReadOnlyList<string> values, Span span)
    {
        if (feature.Domain is null || values.Count == 0)
        {
            yield break;
        }

        var known = feature.Domain.ToHashSet();
        var unexpected = values.Where(value => !known.Contains(value)).ToList();
        var mass = 1 - ((double)unexpected.Count / values.Count);
        if (unexpected.Count > 0)
        {
            var severity = mass < (feature.MinDomainMass ?? 1) ? Severity.Error : Severity.Warning;
            yield return new(severity, "UNEXPECTED_VALUES", span.Name, feature.Name, $"{Percent(mass)} of the values are in the domain, {Percent(feature.MinDomainMass ?? 1)} must be; not: {Some(unexpected)}.");
        }
    }

    private static IEnumerable<Anomaly> Range(Feature feature, IReadOnlyList<string> values, Span span)
    {
        var outside = values.Where(value => Values.Number(value) is { } number && (number < feature.Min || number > feature.Max)).ToList();
        if (outside.Count > 0)
        {
            yield return new(Severity.Warning, "OUT_OF_RANGE", span.Name, feature.Name, $"{outside.Count} values are outside {feature.Min} to {feature.Max}: {Some(outside)}.");
        }
    }

    private static string Some(IEnumerable<string> values)
    {
        var distinct = values.Distinct().ToList();
        return string.Join(", ", distinct.Take(5).Select(value => $"'{value}'")) + (distinct.Count > 5 ? $" and {distinct.Count - 5} more" : "");
    }

    private static string Percent(double share) => (share * 100).ToString("0.#", CultureInfo.InvariantCulture) + " %";
}

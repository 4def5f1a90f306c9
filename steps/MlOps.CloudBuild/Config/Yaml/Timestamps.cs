using System.Globalization;
using System.Text.RegularExpressions;
using MlOps.Core.Problems;

namespace MlOps.CloudBuild.Config.Yaml;

/// <summary>Dates and times of YAML 1.1. No field of a build holds one, so all that matters is whether it is one; an impossible date ends gcloud with a ValueError.</summary>
internal static partial class Timestamps
{
    public static PythonOnly Of(string text, SourceSpot spot)
    {
        var match = Form().Match(text);
        if (!match.Success)
        {
            throw new YamlFault(YamlFault.Parsing, $"failed to construct timestamp from \"{text}\"", spot);
        }

        int Part(int group) => int.Parse(match.Groups[group].ValueSpan, CultureInfo.InvariantCulture);
        var (year, month, day) = (Part(1), Part(2), Part(3));
        if (year == 0 || month is 0 or > 12 || day == 0 || day > DateTime.DaysInMonth(year, month))
        {
            throw new YamlFault("ValueError", year == 0 ? "year 0 is out of range" : month is 0 or > 12 ? "month must be in 1..12" : "day is out of range for month", spot);
        }

        if (!match.Groups[4].Success)
        {
            return new PythonOnly("date");
        }

        if (Part(4) > 23 || Part(5) > 59 || Part(6) > 59)
        {
            throw new YamlFault("ValueError", Part(4) > 23 ? "hour must be in 0..23" : Part(5) > 59 ? "minute must be in 0..59" : "second must be in 0..59", spot);
        }

        return new PythonOnly("datetime");
    }

    [GeneratedRegex(@"^([0-9]{4})-([0-9]{1,2})-([0-9]{1,2})(?:(?:[Tt]|[ \t]+)([0-9]{1,2}):([0-9]{2}):([0-9]{2})(?:\.[0-9]*)?(?:[ \t]*(?:Z|[-+][0-9]{1,2}(?::[0-9]{2})?))?)?$")]
    private static partial Regex Form();
}

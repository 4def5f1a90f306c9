using System.Text.RegularExpressions;
using Google.Cloud.CloudBuild.V1;

namespace MlOps.CloudBuild.Checks;

/// <summary>A build's tags; empty and repeated ones are dropped by the server.</summary>
internal static partial class TagChecks
{
    private const int Most = 64;

    public static void Check(Build build, Func<string, bool> known, Findings findings)
    {
        for (var index = 0; index < build.Tags.Count; index++)
        {
            var tag = build.Tags[index];
            if (tag.Length > 0 && known(tag) && !Form().IsMatch(tag))
            {
                findings.Error(CheckCodes.BadTag, $"'{tag}' cannot be a tag; expected up to 128 letters, digits, '_', '.' or '-', the first neither '.' nor '-'.", $"tags[{index}]");
            }
        }

        var count = build.Tags.Where(tag => tag.Length > 0).Distinct(StringComparer.Ordinal).Count();
        if (count > Most)
        {
            findings.Error(CheckCodes.TooManyTags, $"There are {count} tags; at most {Most} are allowed.", $"tags[{Most}]");
        }
    }

    [GeneratedRegex(@"^[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}\z")]
    private static partial Regex Form();
}

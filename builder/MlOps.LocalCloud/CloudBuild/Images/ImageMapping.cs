using System.Collections.Immutable;
using System.Text;
using System.Text.RegularExpressions;
using MlOps.Core.Images;
using MlOps.Core.Problems;

namespace MlOps.LocalCloud.CloudBuild.Images;

/// <summary>
/// Which local images stand for those that files name: exact names first, then patterns in the file's order. In a pattern
/// <c>*</c> is any part of one path segment, <c>**</c> any part of the name; without a tag it means every tag and digest.
/// </summary>
internal sealed class ImageMapping(ImmutableArray<MappedImage> rules)
{
    public static readonly ImageMapping None = new([]);

    private readonly ImmutableArray<(Regex Pattern, MappedImage Rule)> _rules =
        [.. rules.OrderBy(rule => rule.Pattern.Contains('*', StringComparison.Ordinal)).Select(rule => (Compile(rule.Pattern), rule))];

    public ImmutableArray<MappedImage> Rules => rules;

    /// <summary>The first rule that an image's name matches; null where none does.</summary>
    public MappedImage? Find(ImageReference image)
    {
        var tagged = $"{image.Name}:{image.Tag ?? "latest"}";
        foreach (var (pattern, rule) in _rules)
        {
            if (pattern.IsMatch(image.Name) || (image.Digest is null && pattern.IsMatch(tagged)) || pattern.IsMatch(image.ToString()))
            {
                return rule;
            }
        }

        return null;
    }

    private static Regex Compile(string pattern)
    {
        var expression = new StringBuilder("^");
        for (var i = 0; i < pattern.Length; i++)
        {
            if (pattern[i] != '*')
            {
                expression.Append(Regex.Escape(pattern[i].ToString()));
                continue;
            }

            var any = i + 1 < pattern.Length && pattern[i + 1] == '*';
            expression.Append(any ? "[^:@]*" : "[^/:@]*");
            i += any ? 1 : 0;
        }

        return new Regex(expression.Append('$').ToString(), RegexOptions.CultureInvariant | RegexOptions.NonBacktracking);
    }
}

/// <summary>One line under <c>images</c>: what files name, what is run instead, and where that is written.</summary>
internal sealed record MappedImage(string Pattern, ImageReference Image, SourceSpot Spot);

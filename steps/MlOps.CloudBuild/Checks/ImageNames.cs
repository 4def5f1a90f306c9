using System.Text.RegularExpressions;

namespace MlOps.CloudBuild.Checks;

/// <summary>References to images in Docker's grammar (github.com/distribution/reference).</summary>
internal static partial class ImageNames
{
    public static bool IsValid(string name) => Form().IsMatch(name);

    /// <summary>Without tag and digest.</summary>
    public static string Repository(string name)
    {
        var plain = name.Split('@')[0];
        var colon = plain.LastIndexOf(':');
        return colon > plain.LastIndexOf('/') ? plain[..colon] : plain;
    }

    public static bool IsPinned(string name) => Repository(name).Length < name.Length;

    /// <summary>What is wrong with it, in words.</summary>
    public static string Fault(string name) => name switch
    {
        "" => "it is empty",
        _ when name.EndsWith(':') => "there is nothing after the ':'",
        _ when name.Any(char.IsWhiteSpace) => "it holds a blank",
        _ when Repository(name).Any(char.IsAsciiLetterUpper) => "it holds capital letters",
        _ when name.Split('@')[0].Split('/')[^1].Count(character => character == ':') > 1 => "it has two tags",
        _ => "it is not of the form [HOST/]NAME[:TAG][@DIGEST]",
    };

    [GeneratedRegex(@"^(?:(?:[a-zA-Z0-9]|[a-zA-Z0-9][a-zA-Z0-9-]*[a-zA-Z0-9])(?:\.(?:[a-zA-Z0-9]|[a-zA-Z0-9][a-zA-Z0-9-]*[a-zA-Z0-9]))*(?::[0-9]+)?/)?[a-z0-9]+(?:(?:[._]|__|-*)[a-z0-9]+)*(?:/[a-z0-9]+(?:(?:[._]|__|-*)[a-z0-9]+)*)*(?::[A-Za-z0-9_][A-Za-z0-9_.-]{0,127})?(?:@[A-Za-z][A-Za-z0-9]*(?:[-_+.][A-Za-z][A-Za-z0-9]*)*:[0-9a-fA-F]{32,})?\z", RegexOptions.NonBacktracking)]
    private static partial Regex Form();
}

using System.Text;
using System.Text.RegularExpressions;

namespace MlOps.LocalCloud.CloudBuild.Artifacts;

/// <summary>
/// A path of <c>artifacts.objects</c>, as bash with <c>globstar</c> reads it: <c>*</c>, <c>?</c> and <c>[a-z]</c> within a folder,
/// <c>**</c> any folders; names that begin with a dot only by a pattern that does. A folder stands for all files below it.
/// </summary>
internal sealed class PathGlob
{
    private const string Special = "*?[\\";
    private const string AnyFolders = "**";
    private readonly string[] _parts;
    private readonly Regex?[] _regexes;

    public PathGlob(string path)
    {
        Path = path;
        var relative = path.StartsWith("/workspace/", StringComparison.Ordinal) ? path["/workspace/".Length..] : path;
        _parts = [.. relative.Split('/').Where(part => part is not ("" or "."))];
        _regexes = [.. _parts.Select(part => IsSpecial(part) && part != AnyFolders ? new Regex(Translate(part), RegexOptions.CultureInvariant | RegexOptions.Singleline) : null)];
    }

    /// <summary>As it was written.</summary>
    public string Path { get; }

    /// <summary>It leads out of the workspace.</summary>
    public bool IsOutside => _parts.Contains("..", StringComparer.Ordinal);

    /// <summary>The path before the first pattern: all that it can match is there.</summary>
    public string Root => string.Join('/', _parts.TakeWhile(part => !IsSpecial(part)));

    /// <param name="file">Relative to the workspace, with <c>/</c>.</param>
    public bool Matches(string file)
    {
        var names = file.Split('/');
        // From the workspace itself, which '**' matches too.
        return Enumerable.Range(0, names.Length + 1).Any(count => Matches(0, names.AsSpan(0, count), isFile: count == names.Length));
    }

    /// <param name="isFile">The last name is the file's, not a folder's: nothing is below it that a <c>**</c> at the end could stand for.</param>
    /// <param name="begun">This <c>**</c> stands for a name already.</param>
    private bool Matches(int part, ReadOnlySpan<string> names, bool isFile, bool begun = false)
    {
        if (part == _parts.Length)
        {
            return names.IsEmpty;
        }

        if (_parts[part] == AnyFolders)
        {
            return ((begun || !names.IsEmpty || !isFile) && Matches(part + 1, names, isFile))
                || (!names.IsEmpty && !names[0].StartsWith('.') && Matches(part, names[1..], isFile, begun: true));
        }

        return !names.IsEmpty && MatchesName(part, names[0]) && Matches(part + 1, names[1..], isFile);
    }

    private bool MatchesName(int part, string name) => _regexes[part] is { } regex
        ? (name.StartsWith('.') == _parts[part].StartsWith('.')) && regex.IsMatch(name)
        : _parts[part] == name;

    private static bool IsSpecial(string part) => part.AsSpan().ContainsAny(Special);

    private static string Translate(string part)
    {
        var regex = new StringBuilder(@"\A");
        for (var at = 0; at < part.Length; at++)
        {
            var end = part[at] == '[' ? SetEnd(part, at) : -1;
            if (end > 0)
            {
                regex.Append(Set(part[(at + 1)..end]));
                at = end;
                continue;
            }

            regex.Append(part[at] switch
            {
                '*' => ".*",
                '?' => ".",
                '\\' when at + 1 < part.Length => Regex.Escape(part[++at].ToString()),
                var plain => Regex.Escape(plain.ToString()),
            });
        }

        return regex.Append(@"\z").ToString();
    }

    private static string Set(string inside)
    {
        var negated = inside[0] is '!' or '^';
        var text = (negated ? inside[1..] : inside).Replace(@"\", @"\\", StringComparison.Ordinal).Replace("[", @"\[", StringComparison.Ordinal).Replace("]", @"\]", StringComparison.Ordinal).Replace("^", @"\^", StringComparison.Ordinal);
        return IsSet($"[{text}]") ? $"[{(negated ? "^" : "")}{text}]" : "(?!)";
    }

    /// <summary>A range that runs backwards matches nothing.</summary>
    private static bool IsSet(string text)
    {
        try
        {
            _ = new Regex(text, RegexOptions.CultureInvariant);
            return true;
        }
        catch (ArgumentException)
        {
            return false;
        }
    }

    private static int SetEnd(string part, int open)
    {
        var first = open + 1 < part.Length && part[open + 1] is '!' or '^' ? open + 2 : open + 1;
        return first + 1 < part.Length ? part.IndexOf(']', first + 1) : -1;
    }
}

using System.Collections.Immutable;
using System.Text.RegularExpressions;
using MlOps.Core.Problems;
using MlOps.Steps.Project;

namespace MlOps.Steps.Submit;

/// <summary>
/// What is left out of an upload, decided as gcloud does (<c>gcloud topic gcloudignore</c>): by <c>.gcloudignore</c>; where there is
/// none and the folder has git, by git's own files and <c>.gitignore</c>. Only files of the top folder count.
/// </summary>
public sealed partial class IgnoreRules
{
    public const string FileName = ".gcloudignore";

    private const string GitIgnore = ".gitignore";
    private const string Include = "!include:";

    private readonly ImmutableArray<IgnorePattern> _patterns;

    private IgnoreRules(ImmutableArray<IgnorePattern> patterns, string? file) => (_patterns, File) = (patterns, file);

    /// <summary>The file that decides; null where none does.</summary>
    public string? File { get; }

    /// <param name="folder">What is uploaded.</param>
    /// <param name="ignoreFile">Another name than <c>.gcloudignore</c>, relative to the folder.</param>
    /// <exception cref="InvalidInputException">A file that is named or included cannot be read.</exception>
    public static IgnoreRules Of(string folder, string? ignoreFile = null)
    {
        var file = Path.Combine(folder, ignoreFile ?? FileName);
        if (System.IO.File.Exists(file))
        {
            return new IgnoreRules(Read(file, folder, mayInclude: true), file);
        }

        if (ignoreFile is not null)
        {
            throw new InvalidInputException("file-missing", $"There is no such file; --ignore-file {ignoreFile} is looked for in the folder that is uploaded.", new SourceSpot(file));
        }

        var gitIgnore = Path.Combine(folder, GitIgnore);
        if (!Path.Exists(gitIgnore) && !Path.Exists(Path.Combine(folder, ".git")))
        {
            return new IgnoreRules([], null);
        }

        var ofGit = ImmutableArray.Create(FileName, ".git", GitIgnore).Select(name => IgnorePattern.Parse(name)!);
        return Path.Exists(gitIgnore)
            ? new IgnoreRules([.. ofGit, .. Read(gitIgnore, folder, mayInclude: false)], gitIgnore)
            : new IgnoreRules([.. ofGit], null);
    }

    /// <summary>Whether a path is left out, given that the folders above it are not.</summary>
    /// <param name="path">Relative to the folder, with <c>/</c>.</param>
    public bool Ignores(string path, bool isFolder)
    {
        for (var at = _patterns.Length - 1; at >= 0; at--)
        {
            if (_patterns[at].Matches(path, isFolder))
            {
                return !_patterns[at].TakesBack;
            }
        }

        return false;
    }

    private static ImmutableArray<IgnorePattern> Read(string file, string folder, bool mayInclude)
    {
        var patterns = ImmutableArray.CreateBuilder<IgnorePattern>();
        foreach (var (at, line) in LineEnd().Split(Text(file)).Index())
        {
            if (!line.StartsWith('#'))
            {
                if (IgnorePattern.Parse(line) is { } pattern)
                {
                    patterns.Add(pattern);
                }
            }
            else if (line[1..].TrimStart().StartsWith(Include, StringComparison.Ordinal) && mayInclude)
            {
                var name = line[(line.IndexOf(Include, StringComparison.Ordinal) + Include.Length)..];
                patterns.AddRange(Read(Included(name, folder, new SourceSpot(file, at + 1, 1)), folder, mayInclude: false));
            }
        }

        return patterns.ToImmutable();
    }

    private static string Text(string file)
    {
        var problems = new List<Problem>();
        return SourceText.Read("", file, problems) ?? throw new InvalidInputException(problems);
    }

    private static string Included(string name, string folder, SourceSpot spot)
    {
        if (name.Contains('/', StringComparison.Ordinal))
        {
            throw new InvalidInputException("bad-include", $"#!include:{name}: only a file of the same folder can be included; write its name alone.", spot);
        }

        var path = Path.Combine(folder, name);
        return System.IO.File.Exists(path)
            ? path
            : throw new InvalidInputException("bad-include", $"#!include:{name}: there is no such file beside this one{(name.Trim() == name ? "" : " (a space at its end is part of the name)")}. Remove the line, or make the file.", spot);
    }

    /// <summary>Where Python's <c>splitlines</c> splits.</summary>
    [GeneratedRegex("\r\n|[\n\r\v\f\x1c\x1d\x1e\u0085\u2028\u2029]")]
    private static partial Regex LineEnd();
}

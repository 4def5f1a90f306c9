using System.Collections.Immutable;
using MlOps.Core.Problems;

namespace MlOps.Containers.Build;

/// <summary>
/// The rules of a <c>.dockerignore</c> (docs.docker.com/build/concepts/context#dockerignore-files): the last rule that matches
/// a path or a folder above it decides; <c>!</c> takes a path back in.
/// </summary>
public sealed class DockerIgnore
{
    private readonly ImmutableArray<DockerIgnoreRule> _rules;

    private DockerIgnore(ImmutableArray<DockerIgnoreRule> rules) => _rules = rules;

    public static DockerIgnore None { get; } = new([]);

    public bool IsEmpty => _rules.IsEmpty;

    /// <param name="file">For the problem's place.</param>
    /// <exception cref="InvalidInputException">A pattern is none.</exception>
    public static DockerIgnore Parse(string text, string? file = null)
    {
        var rules = ImmutableArray.CreateBuilder<DockerIgnoreRule>();
        foreach (var (at, line) in text.TrimStart('\uFEFF').Split('\n').Index())
        {
            try
            {
                if (DockerIgnoreRule.Parse(line) is { } rule)
                {
                    rules.Add(rule);
                }
            }
            catch (ArgumentException)
            {
                throw new InvalidInputException("bad-pattern", $"'{line.Trim()}' is not a pattern: the set in brackets names no characters. Expected something like [a-z].", new SourceSpot(file, at + 1, 1));
            }
        }

        return new(rules.ToImmutable());
    }

    /// <summary><c>DOCKERFILE.dockerignore</c> beside the Dockerfile where there is one, as BuildKit has it; else the context's own.</summary>
    public static DockerIgnore Of(string context, string dockerfile)
    {
        var file = new[] { dockerfile + ".dockerignore", Path.Combine(context, ".dockerignore") }.FirstOrDefault(File.Exists);
        return file is null ? None : Parse(File.ReadAllText(file), file);
    }

    /// <summary>Whether a path is left out.</summary>
    /// <param name="path">Relative to the context, with <c>/</c>.</param>
    public bool Ignores(string path)
    {
        var state = Start();
        for (var slash = path.IndexOf('/', StringComparison.Ordinal); slash >= 0; slash = path.IndexOf('/', slash + 1))
        {
            state = Under(state, path[..slash]);
        }

        return IsIgnored(Under(state, path));
    }

    /// <summary>Which rules have matched so far: nothing, at the context's root.</summary>
    internal ImmutableArray<bool> Start() => [.. new bool[_rules.Length]];

    /// <summary>Which rules match a path, given those that matched its folder: a rule that matches a folder matches all below it.</summary>
    internal ImmutableArray<bool> Under(ImmutableArray<bool> folder, string path)
    {
        ImmutableArray<bool>.Builder? own = null;
        for (var at = 0; at < _rules.Length; at++)
        {
            if (!folder[at] && _rules[at].Matches(path))
            {
                (own ??= folder.ToBuilder())[at] = true;
            }
        }

        return own?.ToImmutable() ?? folder;
    }

    internal bool IsIgnored(ImmutableArray<bool> matched)
    {
        for (var at = _rules.Length - 1; at >= 0; at--)
        {
            if (matched[at])
            {
                return !_rules[at].TakesBack;
            }
        }

        return false;
    }

    /// <summary>Whether something below an ignored folder may be taken back, so that it must be walked.</summary>
    internal bool MayTakeBackUnder(string folder) => _rules.Any(rule => rule.MayTakeBackUnder(folder));
}

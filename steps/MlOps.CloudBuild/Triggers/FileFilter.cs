using System.Collections.Immutable;
using Google.Cloud.CloudBuild.V1;
using MlOps.Core.Patterns;

namespace MlOps.CloudBuild.Triggers;

/// <summary><c>ignoredFiles</c> and <c>includedFiles</c> (cloudbuild.proto, BuildTrigger): first what is ignored goes, then one file that is left must be included.</summary>
internal sealed class FileFilter
{
    private readonly ImmutableArray<PathGlob> _ignored;
    private readonly ImmutableArray<PathGlob> _included;

    private FileFilter(ImmutableArray<PathGlob> ignored, ImmutableArray<PathGlob> included) => (_ignored, _included) = (ignored, included);

    /// <exception cref="GlobSyntaxException">One of them cannot be read.</exception>
    public static FileFilter Of(BuildTrigger trigger) => new([.. trigger.IgnoredFiles.Select(PathGlob.Parse)], [.. trigger.IncludedFiles.Select(PathGlob.Parse)]);

    /// <param name="changed">Null where it is not known: everything passes then.</param>
    /// <param name="fits">Why the trigger fits so far.</param>
    public TriggerDecision Decide(ImmutableArray<string>? changed, string fits)
    {
        if (changed is not { } files)
        {
            return TriggerDecision.Yes(_ignored.Length + _included.Length > 0 ? $"{fits}; changed files were not given, so they are not filtered" : fits);
        }

        if (files.IsEmpty)
        {
            return TriggerDecision.No(TriggerCode.NoFiles, "no file was changed");
        }

        ImmutableArray<string> left = [.. files.Where(file => !_ignored.Any(glob => glob.IsMatch(file)))];
        if (left.IsEmpty)
        {
            return TriggerDecision.No(TriggerCode.AllIgnored, $"every changed file is ignored: {Example(files)} matches ignoredFiles '{_ignored.First(glob => glob.IsMatch(files[0])).Text}'{Others(files)}");
        }

        if (_included.IsEmpty)
        {
            return TriggerDecision.Yes(_ignored.IsEmpty ? fits : $"{fits}; {Example(left)} is not ignored");
        }

        foreach (var file in left)
        {
            if (_included.FirstOrDefault(glob => glob.IsMatch(file)) is { } glob)
            {
                return TriggerDecision.Yes($"{fits}; {file} matches includedFiles '{glob.Text}'");
            }
        }

        return TriggerDecision.No(TriggerCode.NotIncluded, $"no changed file{(left.Length < files.Length ? " that is not ignored" : "")} matches includedFiles ({string.Join(", ", _included.Select(glob => $"'{glob.Text}'"))}): {Example(left)}{Others(left)}");
    }

    private static string Example(ImmutableArray<string> files) => files[0];

    private static string Others(ImmutableArray<string> files) => files.Length switch
    {
        1 => "",
        2 => ", and one more",
        var count => $", and {count - 1} more",
    };
}

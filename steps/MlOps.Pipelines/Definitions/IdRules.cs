using System.Text.RegularExpressions;
using MlOps.Core.Problems;
using MlOps.Core.Yaml;

namespace MlOps.Pipelines.Definitions;

/// <summary>What names look like.</summary>
internal static partial class IdRules
{
    public static bool IsPipelineName(string name) => name.Length is > 0 and <= 128 && name[0] != '-' && name.AsSpan().IndexOfAnyExcept(Lower) < 0;

    /// <summary>A task's or group's id: <c>^[a-z0-9]+(-[a-z0-9]+)*$</c>, and none of the names that groups get in the IR.</summary>
    public static void CheckId(YamlScalar id, ICollection<Problem> problems)
    {
        if (!Id().IsMatch(id.Text))
        {
            problems.Add(Problem.Error("bad-name", $"'{id.Text}' cannot be an id: it is words of a-z and 0-9 joined by single dashes, such as 'train-model'.", id.Spot));
        }
        else if (GroupName().IsMatch(id.Text))
        {
            problems.Add(Problem.Error("bad-name", $"'{id.Text}' cannot be an id: the compiler gives such names to groups. Choose another.", id.Spot));
        }
    }

    /// <summary>The name of an input, output or item: <c>^[A-Za-z][A-Za-z0-9_]*$</c>.</summary>
    public static void CheckName(YamlScalar name, string what, ICollection<Problem> problems)
    {
        if (!Name().IsMatch(name.Text))
        {
            problems.Add(Problem.Error("bad-name", $"'{name.Text}' cannot be the name of {what}: it begins with a letter and has letters a-z, digits and _ only.", name.Spot));
        }
    }

    private static readonly System.Buffers.SearchValues<char> Lower = System.Buffers.SearchValues.Create("abcdefghijklmnopqrstuvwxyz0123456789-");

    [GeneratedRegex(@"^[a-z0-9]+(-[a-z0-9]+)*\z", RegexOptions.CultureInvariant)]
    private static partial Regex Id();

    [GeneratedRegex(@"^(condition|condition-branches|for-loop|exit-handler)-[0-9]+\z", RegexOptions.CultureInvariant)]
    private static partial Regex GroupName();

    [GeneratedRegex(@"^[A-Za-z][A-Za-z0-9_]*\z", RegexOptions.CultureInvariant)]
    private static partial Regex Name();
}

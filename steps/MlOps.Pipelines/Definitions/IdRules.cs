using MlOps.Core.Problems;
using MlOps.Core.Yaml;

namespace MlOps.Pipelines.Definitions;

/// <summary>What names look like.</summary>
internal static class IdRules
{
    private static readonly string[] GroupNames = ["condition-", "condition-branches-", "for-loop-", "exit-handler-"];

    /// <summary><c>^[a-z0-9][a-z0-9-]{0,127}$</c></summary>
    public static bool IsPipelineName(string name) => name.Length is > 0 and <= 128 && name[0] != '-' && name.All(letter => IsLower(letter) || letter == '-');

    /// <summary>A task's or group's id: <c>^[a-z0-9]+(-[a-z0-9]+)*$</c>, and none of the names that groups get in the IR.</summary>
    public static void CheckId(YamlScalar id, ICollection<Problem> problems)
    {
        if (!IsId(id.Text))
        {
            problems.Add(Problem.Error("bad-name", $"'{id.Text}' cannot be an id: it is words of a-z and 0-9 joined by single dashes, such as 'train-model'.", id.Spot));
        }
        else if (Array.Exists(GroupNames, prefix => id.Text.StartsWith(prefix, StringComparison.Ordinal) && id.Text.Skip(prefix.Length).All(char.IsAsciiDigit)))
        {
            problems.Add(Problem.Error("bad-name", $"'{id.Text}' cannot be an id: the compiler gives such names to groups. Choose another.", id.Spot));
        }
    }

    /// <summary>The name of an input, output or item: <c>^[A-Za-z][A-Za-z0-9_]*$</c>.</summary>
    public static void CheckName(YamlScalar name, string what, ICollection<Problem> problems)
    {
        if (name.Text.Length == 0 || !char.IsAsciiLetter(name.Text[0]) || !name.Text.All(letter => char.IsAsciiLetterOrDigit(letter) || letter == '_'))
        {
            problems.Add(Problem.Error("bad-name", $"'{name.Text}' cannot be the name of {what}: it begins with a letter and has letters a-z, digits and _ only.", name.Spot));
        }
    }

    private static bool IsId(string id) =>
        id.Length > 0 && id[0] != '-' && id[^1] != '-' && !id.Contains("--", StringComparison.Ordinal) && id.All(letter => IsLower(letter) || letter == '-');

    private static bool IsLower(char letter) => char.IsAsciiLetterLower(letter) || char.IsAsciiDigit(letter);
}

using System.CommandLine;
using MlOps.Core.Problems;

namespace MlOps.Cli.Verbs;

/// <summary><c>--substitutions K=V,…</c>, written as for gcloud: repeatable, and <c>^:^A=1:B=2</c> chooses another delimiter (<c>gcloud topic escaping</c>).</summary>
internal static class SubstitutionsOption
{
    /// <summary>An option of its own for each verb that takes it.</summary>
    public static Option<string[]> Create() => new("--substitutions")
    {
        Description = "K=V,…: values of substitutions; they override the file's. Values with commas: '^:^_A=1,2:_B=3'. May be repeated.",
    };

    /// <exception cref="InvalidInputException">Every item that is not K=V, and every key that is given twice.</exception>
    public static Dictionary<string, string> Read(IEnumerable<string> given)
    {
        var values = new Dictionary<string, string>(StringComparer.Ordinal);
        var problems = new List<Problem>();
        foreach (var item in given.SelectMany(Items))
        {
            if (item.IndexOf('=', StringComparison.Ordinal) is var equals and > 0)
            {
                if (!values.TryAdd(item[..equals], item[(equals + 1)..]))
                {
                    problems.Add(Problem.Error("bad-substitutions", $"--substitutions gives '{item[..equals]}' twice; which one counts?"));
                }

                continue;
            }

            problems.Add(Problem.Error("bad-substitutions", $"--substitutions: '{item}' is not of the form KEY=VALUE. A value that holds commas needs another delimiter: --substitutions '^:^_A=1,2:_B=3'."));
        }

        return problems.Count == 0 ? values : throw new InvalidInputException(problems);
    }

    private static string[] Items(string given)
    {
        if (given.Length == 0)
        {
            return [];
        }

        // ^DELIMITER^ at the very beginning.
        var end = given[0] == '^' ? given.IndexOf('^', 1) : -1;
        return end > 1 ? given[(end + 1)..].Split(given[1..end]) : given.Split(',');
    }
}

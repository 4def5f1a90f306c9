using System.Text.RegularExpressions;
using Google.Cloud.CloudBuild.V1;

namespace MlOps.CloudBuild.Checks;

/// <summary>Secrets that a step prints into the log, which more people can read than the secret.</summary>
internal static partial class LeakChecks
{
    public static void Check(Build build, Findings findings)
    {
        for (var index = 0; index < build.Steps.Count; index++)
        {
            var step = build.Steps[index];
            var secrets = step.SecretEnv.Concat(build.Options?.SecretEnv ?? []).Distinct(StringComparer.Ordinal).ToArray();
            for (var at = 0; at < step.Args.Count && secrets.Length > 0; at++)
            {
                Text(secrets, $"steps[{index}].args[{at}]", step.Args[at], findings);
            }

            Text(secrets, $"steps[{index}].script", step.Script, findings);
        }
    }

    private static void Text(string[] secrets, string path, string text, Findings findings)
    {
        foreach (Match command in Printing().Matches(text))
        {
            if (Array.Find(secrets, secret => Regex.IsMatch(command.Value, $@"\$\{{?{Regex.Escape(secret)}\b|printenv\s+{Regex.Escape(secret)}\b")) is { } printed)
            {
                findings.Warning(CheckCodes.SecretPrinted, $"This prints the secret '{printed}' into the log; pass it by standard input or a file instead.", path, text, command.Index, command.Length);
            }
        }
    }

    /// <summary>A command that prints, to its end, unless what it prints goes into a pipe or a file.</summary>
    [GeneratedRegex(@"\b(echo|printf|printenv)\b[^\n|;&>]*(?=$|\n|;|&&|\|\|)", RegexOptions.Multiline)]
    private static partial Regex Printing();
}

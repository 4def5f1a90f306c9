using Google.Cloud.CloudBuild.V1;

namespace MlOps.CloudBuild.Substitutions;

/// <summary><c>automapSubstitutions</c>: every substitution is an environment variable of the step, which is how a <c>script</c> sees them.</summary>
internal static class AutomappedEnvironment
{
    /// <summary>The step's own word counts over the option's, either way.</summary>
    public static bool IsWanted(Build build, BuildStep step) =>
        step.HasAutomapSubstitutions ? step.AutomapSubstitutions : build.Options?.AutomapSubstitutions ?? false;

    public static bool IsWanted(Build build) => build.Steps.Any(step => IsWanted(build, step));

    /// <summary>Adds <c>KEY=value</c> to the steps that want it, by name; variables that the file sets itself are left as they are.</summary>
    public static void AddTo(Build build, IEnumerable<KeyValuePair<string, string>> values)
    {
        var sorted = values.OrderBy(value => value.Key, StringComparer.Ordinal).ToArray();
        string[] shared = [.. build.Options?.Env.Select(Name) ?? [], .. build.Options?.SecretEnv ?? []];
        foreach (var step in build.Steps.Where(step => IsWanted(build, step)))
        {
            HashSet<string> taken = [.. shared, .. step.Env.Select(Name), .. step.SecretEnv];
            step.Env.Add(sorted.Where(value => !taken.Contains(value.Key)).Select(value => $"{value.Key}={value.Value}"));
        }
    }

    private static string Name(string variable) => variable.Split('=', 2)[0];
}

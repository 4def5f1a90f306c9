using Google.Cloud.CloudBuild.V1;
using MlOps.Core.Problems;

namespace MlOps.CloudBuild.Checks;

/// <summary>Secrets: each variable defined once and used at least once, and never beside a plain one of the same name.</summary>
internal static class SecretChecks
{
    private const int MostValues = 100;
    private const int LongestValue = 64 * 1024;

    public static void Check(Build build, Findings findings)
    {
        var defined = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var (name, path) in Definitions(build))
        {
            if (!defined.TryAdd(name, path))
            {
                findings.Error(CheckCodes.SecretDuplicate, $"The secret variable '{name}' is defined twice; give one of them another name.", path);
            }
        }

        if (build.Secrets.Sum(secret => secret.SecretEnv.Count) + (build.AvailableSecrets?.Inline.Sum(secret => secret.EnvMap.Count) ?? 0) > MostValues)
        {
            findings.Error(CheckCodes.TooManySecrets, $"There are more than {MostValues} encrypted values in all secrets.", build.Secrets.Count > 0 ? "secrets" : "availableSecrets.inline");
        }

        Keys(build, findings);
        Sizes(build, findings);
        Uses(build, defined, findings);
    }

    private static IEnumerable<(string Name, string Path)> Definitions(Build build)
    {
        var encrypted = build.Secrets.SelectMany((secret, index) => secret.SecretEnv.Keys.Select(name => (name, $"secrets[{index}].secretEnv.{name}")));
        var managed = (build.AvailableSecrets?.SecretManager ?? []).Select((secret, index) => (secret.Env, $"availableSecrets.secretManager[{index}].env")).Where(secret => secret.Env.Length > 0);
        var inline = (build.AvailableSecrets?.Inline ?? []).SelectMany((secret, index) => secret.EnvMap.Keys.Select(name => (name, $"availableSecrets.inline[{index}].envMap.{name}")));
        return encrypted.Concat(managed).Concat(inline);
    }

    private static void Keys(Build build, Findings findings)
    {
        var keys = new HashSet<string>(StringComparer.Ordinal);
        for (var index = 0; index < build.Secrets.Count; index++)
        {
            var secret = build.Secrets[index];
            if (!keys.Add(secret.KmsKeyName))
            {
                findings.Error(CheckCodes.KmsKeyDuplicate, $"The key '{secret.KmsKeyName}' has an entry already; put its variables together under one.", $"secrets[{index}].kmsKeyName");
            }

            if (secret.SecretEnv.Count == 0)
            {
                findings.Error(CheckCodes.SecretEmpty, $"Secret {index} has no 'secretEnv'; expected variables with their encrypted values.", $"secrets[{index}]");
            }
        }

        for (var index = 0; index < (build.AvailableSecrets?.Inline.Count ?? 0); index++)
        {
            if (build.AvailableSecrets!.Inline[index].EnvMap.Count == 0)
            {
                findings.Error(CheckCodes.SecretEmpty, $"Inline secret {index} has no 'envMap'; expected variables with their encrypted values.", $"availableSecrets.inline[{index}]");
            }
        }

        for (var index = 0; index < (build.AvailableSecrets?.SecretManager.Count ?? 0); index++)
        {
            if (build.AvailableSecrets!.SecretManager[index].Env.Length == 0)
            {
                findings.Error(CheckCodes.SecretEmpty, $"Secret {index} has no 'env'; expected the name of the variable that holds it.", $"availableSecrets.secretManager[{index}]");
            }
        }
    }

    private static void Sizes(Build build, Findings findings)
    {
        var values = build.Secrets.SelectMany((secret, index) => secret.SecretEnv.Select(pair => (pair.Value, $"secrets[{index}].secretEnv.{pair.Key}")))
            .Concat((build.AvailableSecrets?.Inline ?? []).SelectMany((secret, index) => secret.EnvMap.Select(pair => (pair.Value, $"availableSecrets.inline[{index}].envMap.{pair.Key}"))));
        foreach (var (value, path) in values.Where(pair => pair.Value.Length > LongestValue))
        {
            findings.Error(CheckCodes.SecretTooLong, $"The encrypted value has {value.Length:N0} bytes; at most 64 KB are allowed.", path);
        }
    }

    private static void Uses(Build build, Dictionary<string, string> defined, Findings findings)
    {
        var everywhere = build.Options?.SecretEnv ?? [];
        var used = new HashSet<string>(everywhere, StringComparer.Ordinal);
        Names(everywhere, [], "options.secretEnv", defined, findings);
        for (var index = 0; index < build.Steps.Count; index++)
        {
            var step = build.Steps[index];
            used.UnionWith(step.SecretEnv);
            Names(step.SecretEnv, everywhere, $"steps[{index}].secretEnv", defined, findings);
            var plain = step.Env.Concat(build.Options?.Env ?? []).Select(variable => variable.Split('=')[0]).ToHashSet(StringComparer.Ordinal);
            foreach (var name in step.SecretEnv.Concat(everywhere).Where(plain.Contains).Distinct(StringComparer.Ordinal))
            {
                findings.Error(CheckCodes.SecretAndEnv, $"{StepNames.Of(build, index)} has '{name}' as a secret and as a plain variable; keep one.", step.SecretEnv.Contains(name) ? $"steps[{index}].secretEnv" : $"steps[{index}].env");
            }
        }

        foreach (var (name, path) in defined.Where(pair => !used.Contains(pair.Key)))
        {
            findings.Error(CheckCodes.SecretUnused, $"The secret variable '{name}' is defined and no step uses it; list it in the 'secretEnv' of a step, or remove it.", path);
        }
    }

    private static void Names(IReadOnlyList<string> names, IReadOnlyList<string> everywhere, string path, Dictionary<string, string> defined, Findings findings)
    {
        for (var index = 0; index < names.Count; index++)
        {
            if (!defined.ContainsKey(names[index]))
            {
                findings.Error(CheckCodes.SecretUndefined, $"'{names[index]}' is used as a secret and not defined; define it under 'availableSecrets'.{Suggestion.For(names[index], defined.Keys)}", $"{path}[{index}]");
            }

            if (everywhere.Contains(names[index]) || names.Take(index).Contains(names[index]))
            {
                findings.Error(CheckCodes.SecretDuplicate, $"'{names[index]}' is listed twice{(everywhere.Contains(names[index]) ? ": 'options.secretEnv' gives it to every step already" : "")}; remove it here.", $"{path}[{index}]");
            }
        }
    }
}

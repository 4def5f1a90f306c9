using Google.Cloud.CloudBuild.V1;

namespace MlOps.CloudBuild.Checks;

/// <summary>What a step must have and what excludes each other (cloudbuild.proto, <c>BuildStep</c>).</summary>
internal static class StepChecks
{
    private const int LargestExitCode = 255;

    /// <summary>Cloud Build's own images: each begins with its tool, so that an argument is never a whole command.</summary>
    private const string Tools = "gcr.io/cloud-builders/";

    public static void Check(Build build, Findings findings)
    {
        for (var index = 0; index < build.Steps.Count; index++)
        {
            Check(build, index, $"steps[{index}]", findings);
        }

        Env(build.Options?.Env ?? [], "options.env", findings);
    }

    private static void Check(Build build, int index, string path, Findings findings)
    {
        var step = build.Steps[index];
        var name = StepNames.Of(build, index);
        if (step.Name.Length == 0)
        {
            findings.Error(CheckCodes.MissingName, $"{name} has no 'name'; expected the image to run it in, such as 'gcr.io/cloud-builders/docker'.", $"{path}.name");
        }

        if (step.Script.Length > 0 && step.Args.Count > 0)
        {
            findings.Error(CheckCodes.ScriptWithArgs, $"{name} has a 'script' and 'args', which exclude each other; keep one.", $"{path}.args");
        }

        if (step.Script.Length > 0 && step.Entrypoint.Length > 0)
        {
            findings.Error(CheckCodes.ScriptWithEntrypoint, $"{name} has a 'script' and an 'entrypoint', which exclude each other; begin the script with '#!/usr/bin/env {step.Entrypoint}' instead.", $"{path}.entrypoint");
        }

        for (var code = 0; code < step.AllowExitCodes.Count; code++)
        {
            if (step.AllowExitCodes[code] is < 0 or > LargestExitCode)
            {
                findings.Error(CheckCodes.ExitCodeRange, $"{step.AllowExitCodes[code]} is no exit code; expected 0 to {LargestExitCode}.", $"{path}.allowExitCodes[{code}]");
            }
        }

        if (step.Args is [var only] && step.Entrypoint.Length == 0 && step.Name.StartsWith(Tools, StringComparison.Ordinal) && only.Trim().Contains(' ', StringComparison.Ordinal))
        {
            findings.Warning(CheckCodes.ArgsInOneText, $"{name} gives its tool one argument, '{only}', with the spaces in it; write each word as an item: [{string.Join(", ", only.Split(' ', StringSplitOptions.RemoveEmptyEntries))}].", $"{path}.args[0]");
        }

        Env(step.Env, $"{path}.env", findings);
        Dir(build, step, name, path, findings);
    }

    private static void Env(IReadOnlyList<string> env, string path, Findings findings)
    {
        for (var index = 0; index < env.Count; index++)
        {
            if (!env[index].Contains('=', StringComparison.Ordinal))
            {
                findings.Error(CheckCodes.EnvFormat, $"'{env[index]}' is no environment variable; expected KEY=VALUE{(env[index].Contains(':', StringComparison.Ordinal) ? $", such as '{env[index].Replace(": ", "=", StringComparison.Ordinal)}'" : "")}.", $"{path}[{index}]");
            }
        }
    }

    private static void Dir(Build build, BuildStep step, string name, string path, Findings findings)
    {
        bool Within(string folder) => step.Dir == folder || step.Dir.StartsWith(folder.TrimEnd('/') + "/", StringComparison.Ordinal);
        var kept = step.Volumes.Concat(build.Options?.Volumes ?? []).Select(volume => volume.Path).Concat(["/workspace", "/builder/home"]);
        if (step.Dir.StartsWith('/') && !kept.Where(folder => folder.Length > 0).Any(Within))
        {
            findings.Warning(CheckCodes.DirOutsideWorkspace, $"{name} works in '{step.Dir}', outside of /workspace: later steps do not see what it writes there. Use a relative 'dir', or a volume.", $"{path}.dir");
        }
    }
}

using Google.Cloud.CloudBuild.V1;

namespace MlOps.CloudBuild.Checks;

/// <summary>The images that steps run in and that the build pushes.</summary>
internal static class ImageChecks
{
    /// <summary>Google's own builders: their newest version is what everybody is meant to use.</summary>
    private const string OwnBuilders = "gcr.io/cloud-builders/";

    public static void Check(Build build, Func<string, bool> known, Findings findings)
    {
        for (var index = 0; index < build.Steps.Count; index++)
        {
            if (build.Steps[index].Name.Length > 0 && known(build.Steps[index].Name))
            {
                Step(build, index, findings);
            }
        }

        Pushed(build, build.Images, "images", known, findings);
        Pushed(build, build.Artifacts?.Images ?? [], "artifacts.images", known, findings);
        if (build.Images.Count > 0 && build.Artifacts?.Images.Count > 0 && !build.Images.SequenceEqual(build.Artifacts.Images, StringComparer.Ordinal))
        {
            findings.Error(CheckCodes.ImagesDiffer, "'images' and 'artifacts.images' differ; keep one of them.", "artifacts.images");
        }
    }

    private static void Step(Build build, int index, Findings findings)
    {
        var name = build.Steps[index].Name;
        if (!ImageNames.IsValid(name))
        {
            findings.Error(CheckCodes.BadStepName, $"'{name}' is no image: {ImageNames.Fault(name)}.{Hint(name)}", $"steps[{index}].name");
        }
        else if (!ImageNames.IsPinned(name) && !name.StartsWith(OwnBuilders, StringComparison.Ordinal) && !IsMentioned(build.Steps.Take(index), name))
        {
            findings.Warning(CheckCodes.ImageWithoutTag, $"'{name}' has no tag, so every build may run another version; write '{name}:VERSION'.", $"steps[{index}].name");
        }
    }

    private static void Pushed(Build build, IReadOnlyList<string> images, string path, Func<string, bool> known, Findings findings)
    {
        for (var index = 0; index < images.Count; index++)
        {
            var image = images[index];
            if (!known(image))
            {
                continue;
            }

            if (!ImageNames.IsValid(image))
            {
                findings.Error(CheckCodes.BadImageName, $"'{image}' is no image: {ImageNames.Fault(image)}.{Hint(image)}", $"{path}[{index}]");
            }
            else if (!IsMentioned(build.Steps, ImageNames.Repository(image)) && !build.Steps.Any(RunsWhatIsNotHere))
            {
                findings.Warning(CheckCodes.ImageNotBuilt, $"No step builds '{image}', so there will be nothing to push and the build fails in the end. Build it under this name, or remove it.", $"{path}[{index}]");
            }
        }
    }

    private static string Hint(string name) => name.EndsWith(':') || name.Length == 0 || name.Contains("//", StringComparison.Ordinal)
        ? " Is a substitution empty here? Those of triggers (TAG_NAME, COMMIT_SHA, …) are, unless they are given with '--substitutions'."
        : "";

    private static bool IsMentioned(IEnumerable<BuildStep> steps, string image) => steps.Any(step =>
        step.Args.Concat(step.Env).Append(step.Script).Any(text => text.Contains(image, StringComparison.Ordinal)));

    /// <summary>Scripts and build tools may build anything; only what a step's own words say can be judged.</summary>
    private static bool RunsWhatIsNotHere(BuildStep step) =>
        step.Entrypoint.Length > 0 || step.Script.Length > 0 || !ImageNames.Repository(step.Name).Split('/')[^1].StartsWith("docker", StringComparison.Ordinal) || step.Args.FirstOrDefault() is not ("build" or "push" or "pull" or "tag");
}

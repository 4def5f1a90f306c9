using Google.Cloud.CloudBuild.V1;

namespace MlOps.CloudBuild.Checks;

/// <summary>Provenance is made for what the build itself pushes (<c>images</c>), not for what a step pushes.</summary>
internal static class ProvenanceChecks
{
    public static void Check(Build build, Findings findings)
    {
        if (build.Options?.RequestedVerifyOption != BuildOptions.Types.VerifyOption.Verified)
        {
            return;
        }

        for (var index = 0; index < build.Steps.Count; index++)
        {
            if (Pushes(build.Steps[index]))
            {
                findings.Warning(CheckCodes.PushWithProvenance, $"{StepNames.Of(build, index)} pushes an image itself, which gets no provenance although 'requestedVerifyOption: VERIFIED' asks for it; list the image under 'images' instead.", $"steps[{index}]");
            }
        }
    }

    private static bool Pushes(BuildStep step) =>
        (step.Name.Split('/')[^1].StartsWith("docker", StringComparison.Ordinal) && step.Entrypoint.Length == 0 && step.Args.FirstOrDefault() == "push")
        || step.Args.Append(step.Script).Any(text => text.Contains("docker push ", StringComparison.Ordinal));
}

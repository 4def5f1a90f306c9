using Google.Cloud.CloudBuild.V1;

namespace MlOps.CloudBuild.Checks;

/// <summary>How messages call a step: <c>Step 2 ("build")</c>, counted from 0 as Cloud Build does.</summary>
internal static class StepNames
{
    public static string Of(Build build, int index) => build.Steps[index].Id.Length > 0 ? $"Step {index} (\"{build.Steps[index].Id}\")" : $"Step {index}";
}

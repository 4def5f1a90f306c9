using Docker.DotNet.Models;

namespace MlOps.LocalCloud.CloudBuild.Images;

/// <summary>The lines of a pull or push that a log keeps: those that are not about a layer's bytes.</summary>
internal sealed class PullLog(Action<string> log) : IProgress<JSONMessage>
{
    public void Report(JSONMessage value)
    {
        if (value.Status is { Length: > 0 } status && (string.IsNullOrEmpty(value.ID) || status.StartsWith("Pulling from ", StringComparison.Ordinal)))
        {
            log(string.IsNullOrEmpty(value.ID) ? status : $"{value.ID}: {status}");
        }
    }
}

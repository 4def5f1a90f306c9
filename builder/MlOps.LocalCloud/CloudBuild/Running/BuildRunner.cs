namespace MlOps.LocalCloud.CloudBuild.Running;

/// <summary>Runs one build from its source to its artifacts.</summary>
internal sealed class BuildRunner
{
    /// <summary>Returns when the build has ended and its last form is written down; nothing of it is left on the engine then.</summary>
    public Task RunAsync(LiveBuild live, CancellationToken stopping) => throw new NotSupportedException();
}

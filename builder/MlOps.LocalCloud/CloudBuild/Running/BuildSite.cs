using MlOps.Containers;
using MlOps.LocalCloud.CloudBuild.Logs;

namespace MlOps.LocalCloud.CloudBuild.Running;

/// <summary>What the steps of one running build share.</summary>
/// <param name="Folder">Of this machine, for what is on its way.</param>
/// <param name="Slots">Bounds the steps that run at once, over all builds.</param>
internal sealed record BuildSite(LiveBuild Live, ContainerEngine Engine, BuildImages Images, StepSpec Spec, FirstFiles Files, string Folder, BuildLog Log, SemaphoreSlim Slots, TimeProvider Time)
{
    public BuildPlace Place => Spec.Place;

    /// <summary>Empty; everybody may write into its copies.</summary>
    public string EverybodysFolder
    {
        get
        {
            var folder = Directory.CreateDirectory(Path.Combine(Folder, "everybody"));
            if (!OperatingSystem.IsWindows())
            {
                folder.UnixFileMode = (UnixFileMode)0b111_111_111;
            }

            return folder.FullName;
        }
    }

    public DateTimeOffset Now => Time.GetUtcNow();
}

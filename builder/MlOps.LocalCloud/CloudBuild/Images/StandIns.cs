using MlOps.Core.Images;

namespace MlOps.LocalCloud.CloudBuild.Images;

/// <summary>
/// The images that <c>make base-images</c> makes for closed machines in place of Google's builders; asked for last, when the
/// real one is neither on the engine nor to be had from a registry.
/// </summary>
internal static class StandIns
{
    public const string Tag = "stand-in";
    public const string Label = "mlops.stand-in";

    /// <summary>The stand-in's name on the engine, whether it is there or not; null for an image that has none.</summary>
    public static string? For(ImageReference image) => (image.Host, image.Path.Split('/')) switch
    {
        ("gcr.io", ["cloud-builders", var builder]) => $"cloud-builders/{builder}:{Tag}",
        ("gcr.io", ["google.com", "cloudsdktool", "cloud-sdk" or "google-cloud-cli"]) => $"cloudsdktool/cloud-sdk:{Tag}",
        ("", ["google", "cloud-sdk"]) => $"cloudsdktool/cloud-sdk:{Tag}",
        _ => null,
    };
}

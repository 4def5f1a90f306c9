using System.Text.RegularExpressions;
using System.Xml.Linq;
using MlOps.Core.Images;
using MlOps.Core.Problems;

namespace MlOps.Steps.Build;

/// <summary>
/// The base image of a .NET project, as the SDK would choose it (learn.microsoft.com/dotnet/core/containers/publish-configuration),
/// read from the project's text: running MSBuild for it would take longer than all the rest of a plan.
/// </summary>
internal static partial class DotnetBaseImage
{
    /// <param name="above">Files that the project imports from folders above, the nearest first.</param>
    public static string? Of(string file, XDocument project, IEnumerable<string> above, ICollection<Problem> problems)
    {
        var spot = new SourceSpot(file, 1, 1);
        var documents = above.Where(path => path.EndsWith("Directory.Build.props", StringComparison.Ordinal)).Select(path => DotnetInputs.Parse(path, spot, problems)).OfType<XDocument>().Prepend(project).ToArray();
        if (Property(documents, "ContainerBaseImage") is { } given)
        {
            if (!ImageReference.TryParse(given, out _))
            {
                problems.Add(Problem.Error("bad-base-image", $"ContainerBaseImage '{given}' is not an image's name; expected something like mcr.microsoft.com/dotnet/runtime:10.0.", spot));
                return null;
            }

            return given;
        }

        if (Framework().Match(Property(documents, "TargetFramework") ?? "") is not { Success: true } version)
        {
            problems.Add(Problem.Error("no-base-image", "Neither the project nor a Directory.Build.props above it says <TargetFramework>netX.Y</TargetFramework> in plain words, so its base image is not known. Write that, or <ContainerBaseImage>.", spot));
            return null;
        }

        var family = Property(documents, "ContainerFamily") is { } named ? "-" + named : "";
        return $"mcr.microsoft.com/dotnet/{Kind(documents)}:{version.Groups[1].Value}{family}";
    }

    private static string Kind(XDocument[] documents)
    {
        if (((string[])["SelfContained", "PublishSelfContained", "PublishAot"]).Any(name => string.Equals(Property(documents, name), "true", StringComparison.OrdinalIgnoreCase)))
        {
            return "runtime-deps";
        }

        return documents[0].Root?.Attribute("Sdk")?.Value.StartsWith("Microsoft.NET.Sdk.Web", StringComparison.OrdinalIgnoreCase) is true
            || documents[0].Descendants().Any(element => element.Name.LocalName == "FrameworkReference" && element.Attribute("Include")?.Value == "Microsoft.AspNetCore.App")
            ? "aspnet"
            : "runtime";
    }

    private static string? Property(XDocument[] documents, string name) => documents
        .Select(document => document.Descendants().LastOrDefault(element => element.Name.LocalName == name && element.Parent?.Name.LocalName == "PropertyGroup")?.Value.Trim())
        .FirstOrDefault(value => !string.IsNullOrEmpty(value) && !value.Contains("$(", StringComparison.Ordinal));

    [GeneratedRegex(@"^net([0-9]+\.[0-9]+)$")]
    private static partial Regex Framework();
}

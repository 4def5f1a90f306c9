using System.Xml.Linq;
using MlOps.Testing;

namespace MlOps.Core.Tests;

/// <summary>References go one way (design.md, "Layout"; docs/decisions/0001 for Containers and Protos).</summary>
public sealed class ReferenceRulesTests
{
    private static readonly string[] Libraries = ["CloudBuild", "Pipelines", "Serving", "Google", "Google.Protos", "Containers", "Core"];

    private static readonly Dictionary<string, string[]> Allowed = new()
    {
        ["MlOps.Core"] = [],
        ["MlOps.Google.Protos"] = [],
        ["MlOps.Google"] = ["Core", "Google.Protos"],
        ["MlOps.Containers"] = ["Core"],
        ["MlOps.CloudBuild"] = ["Core", "Google.Protos"],
        ["MlOps.Pipelines"] = ["Core"],
        ["MlOps.Serving"] = ["Core", "Google", "Google.Protos"],
        ["MlOps.Steps"] = Libraries,
        ["MlOps.LocalCloud"] = Libraries,
        ["MlOps.Cli"] = ["LocalCloud", "Steps", .. Libraries],
    };

    public static TheoryData<string> Projects() => [.. Files().Select(file => Path.GetRelativePath(Shared.Checkout(), file))];

    [Theory]
    [MemberData(nameof(Projects))]
    public void A_project_references_only_what_it_may(string file)
    {
        var name = Path.GetFileNameWithoutExtension(file);
        Assert.True(Allowed.TryGetValue(name, out var allowed), $"{name} has no rule: say in {nameof(ReferenceRulesTests)} what it may reference.");
        var references = XDocument.Load(Path.Combine(Shared.Checkout(), file)).Descendants("ProjectReference")
            .Select(reference => Path.GetFileNameWithoutExtension(reference.Attribute("Include")!.Value.Replace('\\', '/')));
        Assert.Empty(references.Except(allowed!.Select(library => "MlOps." + library)));
    }

    [Fact]
    public void Steps_never_reference_the_local_cloud() => Assert.DoesNotContain("LocalCloud", Allowed["MlOps.Steps"]);

    private static IEnumerable<string> Files() =>
        new[] { "steps", "builder" }.SelectMany(folder => Directory.EnumerateFiles(Path.Combine(Shared.Checkout(), folder), "*.csproj", SearchOption.AllDirectories))
            .Where(file => !file.Split(Path.DirectorySeparatorChar).Any(folder => folder is "node_modules" or "bin" or "obj"));
}

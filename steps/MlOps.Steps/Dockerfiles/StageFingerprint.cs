using MlOps.Core.Images;
using MlOps.Core.Problems;
using MlOps.Steps.Build;
using MlOps.Steps.Project;

namespace MlOps.Steps.Dockerfiles;

/// <summary>
/// What a stage's result depends on as far as the checkout says: the component's build context, its Dockerfile and build
/// arguments, and the same of the components whose images it takes. Base images are known by name only: a stage's result is not shared.
/// </summary>
internal static class StageFingerprint
{
    private const string Format = "mlops-stage/1";

    /// <exception cref="InvalidInputException">A file cannot be read.</exception>
    public static string Of(ComponentDockerfiles dockerfiles, Component component, string stage)
    {
        var needed = new SortedDictionary<string, Component>(StringComparer.Ordinal);
        Collect(dockerfiles, component, needed);
        var lines = needed.Values.Select(one => $"{one.Name} {Content(dockerfiles.Project, one)}");
        return Digest.Of(string.Join('\n', [$"{Format} {Toolkit.Version} {stage} {component.Name}", .. lines])).Hex;
    }

    private static void Collect(ComponentDockerfiles dockerfiles, Component component, SortedDictionary<string, Component> needed)
    {
        if (dockerfiles.Files.ContainsKey(component.Name) && needed.TryAdd(component.Name, component))
        {
            foreach (var (other, _) in dockerfiles.Others(component.Name))
            {
                Collect(dockerfiles, other, needed);
            }
        }
    }

    private static string Content(ProjectFile project, Component component)
    {
        var problems = new List<Problem>();
        return ComponentInputs.Read(project, component, problems) is { } inputs && problems.TrueForAll(problem => problem.Severity == Severity.Warning)
            ? Convert.ToHexStringLower(Fingerprint.OfContent(inputs).AsSpan())
            : throw new InvalidInputException(problems);
    }
}

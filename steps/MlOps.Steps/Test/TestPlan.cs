using System.Collections.Immutable;
using MlOps.Core.Images;
using MlOps.Core.Problems;
using MlOps.Steps.Dockerfiles;
using MlOps.Steps.Project;

namespace MlOps.Steps.Test;

/// <summary>Which tests there are: one suite for each component that has any, and one for the repo.</summary>
internal static class TestPlan
{
    public const string Stage = "test";

    /// <param name="checkout">What the checkout holds; null where it is unknown.</param>
    public static ImmutableArray<TestSuite> Suites(DeliveryContext context, string? checkout, ComponentDockerfiles dockerfiles)
    {
        var project = context.Project;
        var suites = ImmutableArray.CreateBuilder<TestSuite>();
        foreach (var component in project.Components)
        {
            if (component.Test.Command is { } command)
            {
                suites.Add(Command(component.Name, command, component.Folder, component.Test.Reports, [], checkout, ("MLOPS_COMPONENT", component.Name)));
            }
            else if (dockerfiles.HasStage(component, Stage))
            {
                suites.Add(new StageSuite(component, StageFingerprint.Of(dockerfiles, component, Stage)));
            }
        }

        if (project.Test.Command is { } repo)
        {
            suites.Add(Command(TestSuite.Repo, repo, project.Root, project.Test.Reports, OthersReports(project), checkout));
        }

        return suites.ToImmutable();
    }

    /// <param name="images">By environment variable, <c>IMAGE_TRAIN</c>: what the engine runs.</param>
    public static CommandSuite? Integration(DeliveryContext context, string? checkout, IEnumerable<KeyValuePair<string, string>> images) =>
        context.Project.Test.Integration is { } command
            ? Command(TestSuite.Integration, command, context.Project.Root, context.Project.Test.Reports, OthersReports(context.Project), checkout, [.. images.Select(image => (image.Key, image.Value))])
            : null;

    /// <summary>Components that the repo builds and that nothing tests, as suites of no tests.</summary>
    public static IEnumerable<TestSuiteResult> Untested(ProjectFile project, ImmutableArray<TestSuite> suites) => project.Components
        .Where(component => component.IsBuilt && !suites.Any(suite => suite.Name == component.Name))
        .Select(component => new TestSuiteResult(component.Name, 0, 0, 0, 0, [])
        {
            Warnings =
            [
                Problem.Warning(
                    "no-tests",
                    $"Component '{component.Name}' has no tests. Add a stage named 'test' to its Dockerfile, or a command: components: {{settings: {{{component.Name}: {{test: {{command: …}}}}}}}} in {ProjectFile.FileName}.",
                    new SourceSpot(ComponentsReader.Relative(project.Root, component.Dockerfile ?? component.ComponentFile))),
            ],
        });

    private static CommandSuite Command(
        string name, string command, string folder, string reports, ImmutableArray<string> except, string? checkout, params ReadOnlySpan<(string Name, string Value)> environment)
    {
        var variables = ImmutableSortedDictionary.CreateBuilder<string, string>(StringComparer.Ordinal);
        foreach (var (variable, value) in environment)
        {
            variables[variable] = value;
        }

        // A command may read anything in the checkout, so any change of it counts.
        var inputs = new[] { Toolkit.Version, checkout, name, command, reports }.Concat(variables.Select(pair => $"{pair.Key}={pair.Value}"));
        return new CommandSuite(name, command, folder, new ReportFiles(folder, reports, except), variables.ToImmutableDictionary(StringComparer.Ordinal), checkout is null ? "" : Digest.Of(string.Join('\0', inputs)).Hex);
    }

    /// <summary>Folders of components that have a command of their own: their reports are not the repo's.</summary>
    private static ImmutableArray<string> OthersReports(ProjectFile project) =>
        [.. project.Components.Where(component => component.Test.Command is not null).Select(component => ComponentsReader.Relative(project.Root, component.Folder) + "/")];
}

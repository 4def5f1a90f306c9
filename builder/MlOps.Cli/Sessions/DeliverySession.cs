using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using MlOps.Cli.Output;
using MlOps.Cli.Verbs;
using MlOps.Core.Problems;
using MlOps.Steps;
using MlOps.Steps.Project;
using MlOps.Steps.Workspaces;

namespace MlOps.Cli.Sessions;

/// <summary>A repo, an environment of it and the cloud where that lives, for the duration of a verb.</summary>
internal sealed class DeliverySession(CloudAccess cloud, DeliveryContext context, DeliveryReport report) : IAsyncDisposable
{
    private static readonly Option<string?> Base = new("--base") { Description = "The revision against which changed files are counted (default: where the branch left the main branch, or the parent commit)." };
    private static readonly Option<bool> InPlace = new("--in-place") { Description = "rewrite: change the component.yaml files of the working tree too." };
    private static readonly Option<bool> AllowTags = new("--allow-tags") { Description = "compile: images need not be pinned by digest." };
    private static readonly Option<bool> Verbose = new("--verbose", "-v") { Description = "Shows what tests, linters, builds and compilers print; it is in .mlops/logs in any case." };
    private static readonly Option<int> Jobs = new("--jobs", "-j") { Description = "How much runs side by side (default: the number of cores).", DefaultValueFactory = _ => Environment.ProcessorCount, CustomParser = ParseJobs };

    public DeliveryContext Context => context;

    public DeliveryReport Report => report;

    public static void AddOptions(Command command)
    {
        command.Options.Add(Base);
        command.Options.Add(InPlace);
        command.Options.Add(Jobs);
        command.Options.Add(Verbose);
        if (command.Name is not ("compile" or "run"))
        {
            command.Options.Add(AllowTags);
        }
    }

    public static async Task<DeliverySession> OpenAsync(VerbContext verb, CancellationToken cancel)
    {
        CloudAccess.Prepare();
        var project = ProjectFileReader.Read(verb.ProjectDirectory);
        var environment = Choose(project, verb.EnvironmentName);
        var report = new DeliveryReport(verb.Report, verb.Parsed.GetValue(Verbose), verb.Time);
        foreach (var warning in project.Warnings)
        {
            report.Warning(warning);
        }

        var cloud = await CloudAccess.OpenAsync(environment, verb.Time, cancel);
        var context = new DeliveryContext(project, new Workspace(project.Root), environment, cloud.Endpoint, Options(verb.Parsed), report, verb.Time);
        return new DeliverySession(cloud, context, report);
    }

    public ValueTask DisposeAsync() => cloud.DisposeAsync();

    /// <param name="name">Null for the local one.</param>
    public static DeliveryEnvironment Choose(ProjectFile project, string? name) =>
        project.Environments.TryGetValue(name ?? DeliveryEnvironment.LocalName, out var environment)
            ? environment
            : throw new InvalidInputException("unknown-environment", $"There is no environment '{name}'.{Suggestion.For(name!, project.Environments.Keys)}", new SourceSpot(Path.Combine(project.Root, ProjectFile.FileName)));

    /// <summary>The repo's, where there is one; outside of a repo there is only the local one.</summary>
    public static DeliveryEnvironment EnvironmentOf(VerbContext verb) =>
        verb.EnvironmentName is null or DeliveryEnvironment.LocalName && ProjectFileReader.FindRoot(verb.ProjectDirectory) is null
            ? DeliveryEnvironment.Local
            : Choose(ProjectFileReader.Read(verb.ProjectDirectory), verb.EnvironmentName);

    private static int ParseJobs(ArgumentResult given)
    {
        var text = given.Tokens.Single().Value;
        if (!int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var jobs) || jobs == 0)
        {
            given.AddError($"--jobs {text}: expected how much runs side by side, 1 or more.");
        }

        return jobs;
    }

    private static DeliveryOptions Options(ParseResult parsed) => new(
        parsed.GetValue(CommonOptions.Strict),
        Given(parsed, InPlace) && parsed.GetValue(InPlace),
        parsed.GetValue<bool?>("--allow-tags") ?? false,
        Given(parsed, Base) ? parsed.GetValue(Base) : null,
        Given(parsed, Jobs) ? parsed.GetValue(Jobs) : Environment.ProcessorCount);

    private static bool Given(ParseResult parsed, Option option) => parsed.GetResult(option) is not null;
}

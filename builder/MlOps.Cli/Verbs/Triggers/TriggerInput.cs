using System.Collections.Immutable;
using System.CommandLine;
using MlOps.CloudBuild.Triggers;
using MlOps.Core.Files;
using MlOps.Core.Problems;
using MlOps.Steps.Project;
using MlOps.Steps.Triggers;

namespace MlOps.Cli.Verbs.Triggers;

/// <summary>The triggers that a verb is about: of the files given, else of mlops.yaml.</summary>
internal static class TriggerInput
{
    public static readonly Option<FileInfo[]> File = new("--file") { Description = "A file of triggers, as 'gcloud builds triggers import' takes it; left out: those of mlops.yaml." };

    /// <summary>The triggers of the files that <c>--file</c> names; null without any.</summary>
    public static ImmutableArray<WrittenTrigger>? OfFiles(VerbContext verb, ICollection<Problem> problems) =>
        verb.Parsed.GetValue(File) is { Length: > 0 } files ? [.. files.SelectMany(file => Read(file, problems))] : null;

    /// <summary>Those of mlops.yaml, by environment; of one environment with <c>--env</c>.</summary>
    public static ProjectTriggers OfProject(VerbContext verb, out ProjectFile project, ICollection<Problem> problems)
    {
        project = ProjectFileReader.Read(verb.ProjectDirectory);
        foreach (var warning in project.Warnings)
        {
            problems.Add(warning);
        }

        var all = ProjectTriggers.Read(project, problems);
        if (verb.EnvironmentName is not { } name)
        {
            return all;
        }

        _ = Sessions.DeliverySession.Choose(project, name);
        return all with { Environments = [.. all.Environments.Where(environment => environment.Environment.Name == name)] };
    }

    private static ImmutableArray<WrittenTrigger> Read(FileInfo file, ICollection<Problem> problems)
    {
        if (!file.Exists)
        {
            problems.Add(Problem.Error("no-such-file", Directory.Exists(file.FullName) ? "This is a folder; --file names a file of triggers, and may be repeated." : "There is no such file; expected triggers as 'gcloud builds triggers import' takes them.", new SourceSpot(file.FullName)));
            return [];
        }

        return TextFile.Read(file.FullName, file.FullName, problems) is { } text ? TriggerFile.Read(file.FullName, text, problems) : [];
    }
}

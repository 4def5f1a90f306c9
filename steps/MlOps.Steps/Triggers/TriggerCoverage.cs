using System.Collections.Immutable;
using System.Globalization;
using MlOps.CloudBuild.Triggers;
using MlOps.Core.Patterns;
using MlOps.Core.Problems;
using MlOps.Steps.Dockerfiles;
using MlOps.Steps.Project;

namespace MlOps.Steps.Triggers;

/// <summary>Where the components and the triggers' path filters disagree: a change that nothing builds, and a filter for what is not there.</summary>
public static class TriggerCoverage
{
    /// <param name="files">Every file of the repository, from its root.</param>
    public static void Check(ProjectFile project, ImmutableArray<WrittenTrigger> triggers, ImmutableArray<string> files, ICollection<Problem> problems)
    {
        var prefix = GitFolder.Of(project.Root).Prefix;
        ImmutableArray<WrittenTrigger> sources = [.. triggers.Where(trigger => !trigger.Trigger.Disabled && TriggerSource.Of(trigger.Trigger) is TriggerSource.OfRepository)];
        var covering = project.Components.ToDictionary(
            component => component.Name,
            component => sources.Where(trigger => FilesOf(component).Any(file => Passes(trigger, file))).ToImmutableArray(),
            StringComparer.Ordinal);
        foreach (var component in project.Components.Where(component => sources.Length > 0 && covering[component.Name].IsEmpty))
        {
            problems.Add(Problem.Warning(
                "component-not-covered",
                $"A change of component '{component.Name}' starts no trigger: no filter of {string.Join(", ", sources.Select(trigger => $"'{trigger.Name}'"))} lets a file of {FolderOf(component)} through.",
                new SourceSpot(ComponentsReader.Relative(project.Root, component.ComponentFile))));
        }

        CheckDependencies(project, covering, problems);
        foreach (var trigger in triggers)
        {
            CheckFolders(trigger, files, problems);
        }

        string FolderOf(Component component) => prefix + ComponentsReader.Relative(project.Root, component.Folder) + "/";
        IEnumerable<string> FilesOf(Component component)
        {
            var folder = FolderOf(component);
            return files.Where(file => file.StartsWith(folder, StringComparison.Ordinal)).DefaultIfEmpty(folder + ComponentsReader.FileName);
        }
    }

    private static bool Passes(WrittenTrigger trigger, string file)
    {
        try
        {
            return !trigger.Trigger.IgnoredFiles.Any(Matches) && (trigger.Trigger.IncludedFiles.Count == 0 || trigger.Trigger.IncludedFiles.Any(Matches));
        }
        catch (GlobSyntaxException)
        {
            return false;
        }

        bool Matches(string glob) => PathGlob.Parse(glob).IsMatch(file);
    }

    /// <summary>An image is built anew when one that it stands on changes; a trigger that builds the one must hear of the other.</summary>
    private static void CheckDependencies(ProjectFile project, Dictionary<string, ImmutableArray<WrittenTrigger>> covering, ICollection<Problem> problems)
    {
        var dockerfiles = ComponentDockerfiles.Read(project, []);
        foreach (var component in dockerfiles.Files.Keys)
        {
            foreach (var (other, _) in dockerfiles.Others(component))
            {
                foreach (var trigger in covering[component].Except(covering[other.Name]))
                {
                    problems.Add(Problem.Warning(
                        "dependency-not-covered",
                        $"Trigger '{trigger.Name}' hears of changes of component '{component}', but not of '{other.Name}', on whose image that stands. Include {ComponentsReader.Relative(project.Root, other.Folder)}/** too.",
                        trigger.Places.Of("includedFiles")));
                }
            }
        }
    }

    private static void CheckFolders(WrittenTrigger trigger, ImmutableArray<string> files, ICollection<Problem> problems)
    {
        // A folder that is ignored and not there does no harm.
        foreach (var (glob, index) in trigger.Trigger.IncludedFiles.Select((glob, index) => (glob, index)))
        {
            if (Folder(glob) is { Length: > 0 } folder && !files.Any(file => file.StartsWith(folder, StringComparison.Ordinal)))
            {
                var near = Suggestion.For(folder.TrimEnd('/'), files.Where(file => file.Contains('/', StringComparison.Ordinal)).SelectMany(Parents).Distinct(StringComparer.Ordinal));
                problems.Add(Problem.Warning(
                    "no-such-folder",
                    $"'{glob}' of trigger '{trigger.Name}' is for the folder {folder}, which is not in the repository.{(near.StartsWith(" Did", StringComparison.Ordinal) ? near : "")}",
                    trigger.Places.Of($"includedFiles[{index.ToString(CultureInfo.InvariantCulture)}]")));
            }
        }
    }

    /// <summary>The folder that a glob names in plain letters, with a slash at its end; empty without one.</summary>
    private static string Folder(string glob) =>
        string.Concat(glob.Split('/').SkipLast(1).TakeWhile(segment => segment.Length > 0 && segment.IndexOfAny(['*', '?', '[', '{', '\\', '$']) < 0).Select(segment => segment + "/"));

    private static IEnumerable<string> Parents(string file)
    {
        for (var slash = file.LastIndexOf('/'); slash > 0; slash = file.LastIndexOf('/', slash - 1))
        {
            yield return file[..slash];
        }
    }
}

using System.Collections.Frozen;
using System.Collections.Immutable;
using System.Globalization;
using Google.Cloud.CloudBuild.V1;
using MlOps.CloudBuild.Config;
using MlOps.CloudBuild.Triggers.Checks;
using MlOps.Core.Problems;

namespace MlOps.CloudBuild.Triggers;

/// <summary>A trigger as a file says it.</summary>
/// <param name="Places">Of its fields in that file.</param>
public sealed record WrittenTrigger(BuildTrigger Trigger, ConfigPlaces Places)
{
    /// <summary>Its name; without one, the place of it in its file.</summary>
    public string Name => Trigger.Name.Length > 0 ? Trigger.Name : Places.Of("") is { File: { } file } spot ? string.Create(CultureInfo.InvariantCulture, $"{file}:{spot.Line}") : "(unnamed)";
}

/// <summary>A file of triggers in the format of <c>gcloud builds triggers import</c>.</summary>
public static class TriggerFile
{
    private static readonly FrozenSet<string> AboutAbsence = new[] { "missing-key", "no-event", "no-source", "no-steps", "no-template" }.ToFrozenSet(StringComparer.Ordinal);

    /// <param name="file">As problems name it.</param>
    /// <param name="problems">What keeps the file from being read (errors), and what the triggers' checks find.</param>
    public static ImmutableArray<WrittenTrigger> Read(string file, string text, ICollection<Problem> problems)
    {
        var triggers = ImmutableArray.CreateBuilder<WrittenTrigger>();
        var readings = BuildConfigReader.ReadTriggers(file, text);
        foreach (var reading in readings)
        {
            foreach (var problem in reading.Problems)
            {
                problems.Add(problem);
            }

            if (reading.Message is { } trigger)
            {
                TriggerChecks.Check(trigger, reading.Places, problems);
                triggers.Add(new WrittenTrigger(trigger, reading.Places));
            }
            else if (reading.Draft is { } draft)
            {
                CheckDraft(draft, reading, problems);
            }
        }

        if (readings.IsEmpty)
        {
            problems.Add(Problem.Error("no-triggers", "There is no trigger in this file; expected one with 'name', an event source such as 'github', and 'filename'. To remove triggers, take the file out of mlops.yaml.", new SourceSpot(file)));
        }

        foreach (var twice in triggers.Where(trigger => trigger.Trigger.Name.Length > 0).GroupBy(trigger => trigger.Trigger.Name, StringComparer.Ordinal).Where(group => group.Count() > 1))
        {
            problems.Add(Problem.Error("duplicate-trigger", $"There are {twice.Count()} triggers named '{twice.Key}': the last would replace the others.", twice.ElementAt(1).Places.Of("name")));
        }

        return triggers.ToImmutable();
    }

    /// <summary>What could be read of a refused trigger. That something is missing in it, or wrong where a fault is told already, is no news.</summary>
    private static void CheckDraft(BuildTrigger draft, ConfigReading<BuildTrigger> reading, ICollection<Problem> problems)
    {
        var found = new List<Problem>();
        TriggerChecks.Check(draft, reading.Places, found);
        foreach (var problem in found.Where(problem => !AboutAbsence.Contains(problem.Code) && !reading.Problems.Any(told => (told.Line, told.Column) == (problem.Line, problem.Column))))
        {
            problems.Add(problem);
        }
    }
}

using System.Collections.Immutable;
using System.Text.Json.Nodes;
using Google.Cloud.AIPlatform.V1;
using MlOps.Core.Problems;
using MlOps.Steps.Run;

namespace MlOps.Steps.Debug;

/// <summary>A container task of a run that is on record, with what it was given and what it gave.</summary>
/// <param name="Spec">The run's PipelineSpec (IR).</param>
/// <param name="Component">Its ComponentSpec, out of <paramref name="Spec"/>.</param>
/// <param name="Executor">Its ExecutorSpec, with a <c>container</c>.</param>
/// <param name="Inputs">Its parameters by name, as JSON (the execution's metadata <c>input:NAME</c>).</param>
/// <param name="Outputs">Likewise <c>output:NAME</c>.</param>
public sealed record RecordedTask(
    PipelineTaskDetail Detail, JsonObject Spec, JsonObject Component, JsonObject Executor, ImmutableSortedDictionary<string, JsonNode?> Inputs, ImmutableSortedDictionary<string, JsonNode?> Outputs)
{
    public string Name => Detail.TaskUniqueName.Length > 0 ? Detail.TaskUniqueName : Detail.TaskName;

    /// <summary>The image as it stands in the pipeline.</summary>
    public string Image => Executor["container"]!["image"]!.GetValue<string>();

    /// <param name="task">A task's name, its unique name (<c>group.task</c>) or its number in the run.</param>
    /// <exception cref="InvalidInputException">No or several tasks are called that, or it is none that can be run again.</exception>
    public static RecordedTask Find(PipelineJob job, string task)
    {
        var root = RunRoot.Of(job);
        var all = job.JobDetail?.TaskDetails.Where(detail => !ReferenceEquals(detail, root)).ToArray() ?? [];
        var named = all.Where(detail => detail.TaskUniqueName == task || detail.TaskName == task || detail.TaskId.ToString(System.Globalization.CultureInfo.InvariantCulture) == task).ToArray();
        var places = new TaskPlaces(job);
        var containers = named.Where(detail => places.ExecutorOf(detail)?["container"] is not null).ToArray();
        return containers switch
        {
            [var one] => Of(one, places),
            [] when named.Length > 0 => throw new InvalidInputException("no-container", $"'{task}' is no container task: there is nothing to run again. Tasks of this run: {Names(all, places)}."),
            [] => throw new InvalidInputException("unknown-task", $"There is no task '{task}' in {job.Name}.{Suggestion.For(task, all.Select(detail => detail.TaskName))} Tasks of this run: {Names(all, places)}."),
            _ => throw new InvalidInputException("many-tasks", $"{containers.Length} tasks of {job.Name} are called '{task}'; give the number of one: {string.Join(", ", containers.Select(detail => $"{detail.TaskId} ({detail.TaskUniqueName}, {RunOutcome.StateName(detail.State)})"))}."),
        };
    }

    private static RecordedTask Of(PipelineTaskDetail detail, TaskPlaces places)
    {
        if (detail.Execution is null)
        {
            throw new InvalidInputException("never-ran", $"'{detail.TaskName}' never started ({RunOutcome.StateName(detail.State)}): what it would have been given is not on record.");
        }

        return new RecordedTask(detail, places.Spec, places.ComponentOf(detail)!, places.ExecutorOf(detail)!, Sorted(RecordedValues.Inputs(detail.Execution)), Sorted(RecordedValues.Outputs(detail.Execution)));
    }

    private static ImmutableSortedDictionary<string, JsonNode?> Sorted(IEnumerable<KeyValuePair<string, JsonNode?>> parameters) => parameters.ToImmutableSortedDictionary(StringComparer.Ordinal);

    private static string Names(PipelineTaskDetail[] all, TaskPlaces places) =>
        string.Join(", ", all.Where(detail => places.ExecutorOf(detail)?["container"] is not null).Select(detail => detail.TaskName).Distinct(StringComparer.Ordinal)) is { Length: > 0 } names ? names : "none with a container";
}

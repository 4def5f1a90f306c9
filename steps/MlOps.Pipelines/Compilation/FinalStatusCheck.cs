using MlOps.Core.Problems;
using MlOps.Pipelines.Components;

namespace MlOps.Pipelines.Compilation;

/// <summary>A task that asks for the final status of what it waits for must wait for exactly one task beside it.</summary>
internal static class FinalStatusCheck
{
    public static void Run(Plan plan, ICollection<Problem> problems)
    {
        foreach (var task in plan.Tasks.Values.Where(task => task.Dependencies.Count != 1))
        {
            if (task.Component!.Inputs.FirstOrDefault(input => input.Type == DataType.TaskFinalStatus) is { } status)
            {
                problems.Add(Problem.Error("final-status-of-many", task.Dependencies.Count == 0
                    ? $"The task '{task.Id}' asks for the status of another ('{status.Name}') but waits for none beside it; name it in 'after'."
                    : $"The task '{task.Id}' asks for the status of another ('{status.Name}') but waits for {string.Join(", ", task.Dependencies)}; it must wait for one alone.", task.Spot));
            }
        }
    }
}

using MlOps.Core.Problems;
using MlOps.Pipelines.Definitions;
using MlOps.Pipelines.Ir;

namespace MlOps.Pipelines.Compilation;

/// <summary>Placeholders of KFP that stand in arguments as they are, <c>{{$.inputs.parameters['x']}}</c>: KFP takes them for text, and fills in only what the task itself is given.</summary>
internal sealed class LiteralPlaceholders(Plan plan, ICollection<Problem> problems)
{
    public void Check(PlanTask task)
    {
        var given = task.Arguments.Select(argument => argument.Name).ToHashSet(StringComparer.Ordinal);
        foreach (var (text, spot) in task.Arguments.SelectMany(argument => Texts(argument.Value)))
        {
            foreach (var placeholder in TextPlaceholder.In(text))
            {
                if (placeholder.Unfilled(given.Contains) is { } why)
                {
                    problems.Add(Problem.Warning("unfilled-placeholder", $"The task '{task.Id}' is given this as text: {why}.{Instead(placeholder)}", spot));
                }
            }
        }
    }

    private string Instead(TextPlaceholder placeholder) => placeholder switch
    {
        { Root: "inputs", Name: { } name } when plan.Definition.Inputs.Any(input => input.Name == name) => $" The pipeline's input is ${{{{ inputs.{name} }}}}.",
        { Root: "inputs" } => " Values are ${{ inputs.NAME }} and ${{ tasks.ID.outputs.NAME }}.",
        { Root: "outputs" } => " Another task's output is ${{ tasks.ID.outputs.NAME }}.",
        _ => Suggestion.For(placeholder.Root, TextPlaceholder.Roots),
    };

    private static IEnumerable<(string Text, SourceSpot Spot)> Texts(ArgumentValue value) => value switch
    {
        ScalarValue { Value: string text } => [(text, value.Spot)],
        TextValue text => text.Parts.Where(part => part.Expression is null).Select(part => (part.Text, value.Spot)),
        ListValue list => list.Items.SelectMany(Texts),
        MapValue map => map.Entries.SelectMany(entry => Texts(entry.Value).Prepend((entry.Key, entry.Value.Spot))),
        _ => [],
    };
}

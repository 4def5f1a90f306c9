using System.Collections.Immutable;
using MlOps.Core.Problems;
using MlOps.Pipelines.Components;
using MlOps.Pipelines.Definitions;

namespace MlOps.Pipelines.Compilation;

/// <summary>Finds what expressions refer to, and whether they may from where they stand.</summary>
internal sealed class Resolver
{
    private readonly Plan _plan;
    private readonly Dictionary<string, InputChannel> _inputs;
    private readonly Dictionary<Expression, Channel> _resolved = new(ReferenceEqualityComparer.Instance);
    private readonly ICollection<Problem> _problems;

    public Resolver(Plan plan, ICollection<Problem> problems)
    {
        _plan = plan;
        _problems = problems;
        _inputs = plan.Definition.Inputs
            .DistinctBy(input => input.Name)
            .ToDictionary(input => input.Name, input => new InputChannel(plan.Root, input.Name, input.Type), StringComparer.Ordinal);
    }

    /// <summary>What an expression was resolved to; only after it was.</summary>
    public Channel this[Expression expression] => _resolved[expression];

    /// <summary>What an expression was resolved to; null where it could not be.</summary>
    public Channel? Known(Expression expression) => _resolved.GetValueOrDefault(expression);

    /// <summary>The value that an expression stands for, used by something directly in <paramref name="scope"/>.</summary>
    /// <returns>Null where it is unknown or out of reach, with a problem, unless what is unknown was said elsewhere.</returns>
    public Channel? Resolve(Expression expression, PlanGroup scope)
    {
        Channel? channel = expression switch
        {
            InputReference input => Input(input),
            OutputReference output => Output(output, scope),
            ItemReference item => LoopItem(item, scope),
            CollectedReference collected => Collected(collected, scope),
            OneOfReference oneOf => OneOf(oneOf, scope),
            ConvertedReference converted => Misplaced(converted),
            _ => null,
        };
        if (channel is not null)
        {
            _resolved[expression] = channel;
        }

        return channel;
    }

    /// <summary>The task with this id; null, with a problem, where there is none.</summary>
    public PlanTask? Task(string id, SourceSpot spot)
    {
        if (_plan.Tasks.TryGetValue(id, out var task))
        {
            return task;
        }

        var message = _plan.Groups.ContainsKey(id) ? $"'{id}' is a group; name a task in it."
            : id == _plan.ExitTask?.Id ? $"'{id}' runs after everything else; nothing can wait for it."
            : $"There is no task '{id}'.{Suggestion.For(id, _plan.Tasks.Keys)}";
        Fault("unknown-reference", message, spot);
        return null;
    }

    /// <summary>The groups around a task that are not around <paramref name="scope"/>, the outermost first.</summary>
    public static ImmutableArray<PlanGroup> Uncommon(PlanTask task, PlanGroup scope)
    {
        var common = scope.Around().Prepend(scope).ToHashSet();
        return [.. task.Around().TakeWhile(group => !common.Contains(group)).Reverse()];
    }

    private Channel? Misplaced(ConvertedReference converted)
    {
        Fault("not-in-condition", "int(…), float(…) and bool(…) are for conditions. Elsewhere a value is passed as it is, and fits what takes its type.", converted.Spot);
        return null;
    }

    private InputChannel? Input(InputReference input)
    {
        if (_inputs.TryGetValue(input.Name, out var channel))
        {
            return channel;
        }

        // An input whose own declaration is wrong was said.
        Fault("unknown-reference", _inputs.Count == 0
            ? $"The pipeline has no inputs, and so no '{input.Name}'."
            : $"The pipeline has no input '{input.Name}'.{Suggestion.For(input.Name, _inputs.Keys)}", input.Spot);
        return null;
    }

    private OutputChannel? Output(OutputReference output, PlanGroup scope)
    {
        if (Producer(output) is not { } producer)
        {
            return null;
        }

        var (task, declared) = producer;

        var uncommon = Uncommon(task, scope);
        if (uncommon.IsEmpty)
        {
            return new OutputChannel(task, declared.Name, declared.Type);
        }

        var advice = uncommon[0] switch
        {
            ConditionGroup own when own.Id == task.Id => "under an 'if' of its own and may not run: put both into a group with that 'if'",
            LoopGroup loop => $"inside the loop{Called(loop)}: use collected(tasks.{task.Id}.outputs.{output.Output}) for the list of all items' values",
            BranchesGroup branches => $"inside the branches{Called(branches)}: use oneOf(…) with an output of each branch",
            _ => $"inside the group{Called(uncommon[0])}, which has a condition and may not run: put what uses it under the same condition",
        };
        Fault("not-visible", $"'{task.Id}' is {advice}.", output.Spot);
        return null;
    }

    private TaskOutput? Producer(OutputReference reference)
    {
        if (Task(reference.Task, reference.Spot) is not { } task || task.Component is not { } component)
        {
            return null;
        }

        if (component.Output(reference.Output) is { } output)
        {
            return new TaskOutput(task, output);
        }

        Fault("unknown-output", component.Outputs.IsEmpty
            ? $"The task '{task.Id}' has no outputs, and so no '{reference.Output}'."
            : $"The task '{task.Id}' has no output '{reference.Output}'.{Suggestion.For(reference.Output, component.Outputs.Select(one => one.Name))}", reference.Spot);
        return null;
    }

    private Channel? LoopItem(ItemReference reference, PlanGroup scope)
    {
        var loops = scope.Around().Prepend(scope).OfType<LoopGroup>().ToArray();
        if (Array.Find(loops, loop => loop.Definition.As == reference.Item) is not { } loop)
        {
            string[] known = [.. loops.Select(one => one.Definition.As), "inputs", "tasks", "run"];
            Fault("unknown-reference", $"There is no '{reference.Item}' here: it is no item of a loop around.{Suggestion.For(reference.Item, known)}", reference.Spot);
            return null;
        }

        if (loop.Item is not { } item || reference.Field is null)
        {
            return loop.Item;
        }

        return Field(reference, item) is { } type ? new FieldChannel(item, reference.Field, type) : null;
    }

    private DataType? Field(ItemReference reference, ItemChannel item)
    {
        if (item.IsUntyped)
        {
            return DataType.String;
        }

        if (item.Type == DataType.Struct && item.Loop.Literal is null)
        {
            return item.Type.Items ?? DataType.String;
        }

        if (item.Type != DataType.Struct || item.Loop.Literal is not { } literal)
        {
            Fault("unknown-reference", $"'{reference.Item}' is {item.Type}, not a map; it has no field '{reference.Field}'.", reference.Spot);
            return null;
        }

        if (literal.FieldTypes.TryGetValue(reference.Field!, out var type))
        {
            return type;
        }

        Fault("unknown-reference", $"The items of '{reference.Item}' have no field '{reference.Field}'.{Suggestion.For(reference.Field!, literal.FieldTypes.Keys)}", reference.Spot);
        return null;
    }

    private OutputChannel? Collected(CollectedReference reference, PlanGroup scope)
    {
        if (Producer(reference.Output) is not { } producer)
        {
            return null;
        }

        var (task, output) = producer;

        var uncommon = Uncommon(task, scope);
        if (!uncommon.Any(group => group is LoopGroup))
        {
            Fault("collected-outside-loop", $"'{task.Id}' is in no loop that this is outside of; there is nothing to collect. Use tasks.{task.Id}.outputs.{output.Name} itself.", reference.Spot);
            return null;
        }

        if (uncommon.FirstOrDefault(group => group is BranchesGroup) is { } branches)
        {
            Fault("not-visible", $"'{task.Id}' is in the branches{Called(branches)}, of which one runs; collected(…) cannot reach into them. Collect after a task that takes oneOf(…) inside the loop.", reference.Spot);
            return null;
        }

        if (uncommon[0] is not LoopGroup)
        {
            Fault("not-visible", $"The loop around '{task.Id}' is inside the group{Called(uncommon[0])}, which has a condition and may not run: put what uses it under the same condition.", reference.Spot);
            return null;
        }

        return Surfaced(task, output, uncommon);
    }

    // Every group on the way out hands the output on under one name.
    private static OutputChannel Surfaced(PlanTask task, ComponentOutput output, ImmutableArray<PlanGroup> groups)
    {
        var type = output.Type.IsArtifact ? output.Type with { IsArtifactList = true } : DataType.List;
        var name = $"pipelinechannel--{task.Name}-{output.Name}";
        PlanNode inner = task;
        foreach (var group in groups.Reverse())
        {
            group.HandOut(name, new GroupOutput(inner, inner == task ? output.Name : name, type));
            inner = group;
        }

        return new OutputChannel(groups[0], name, type);
    }

    private OneOfChannel? OneOf(OneOfReference reference, PlanGroup scope)
    {
        var producers = reference.Outputs.Select(Producer).ToArray();
        if (producers.Any(producer => producer is null))
        {
            return null;
        }

        var outputs = producers.Select(producer => new BranchOutput(producer!.Task, producer.Output.Name)).ToImmutableArray();
        var branches = outputs.Select(output => output.Task.Parent is ConditionGroup { Parent: BranchesGroup group } ? group : null).Distinct().ToArray();
        if (branches is not [{ } only])
        {
            Fault("bad-one-of", "oneOf(…) takes outputs of tasks that stand directly in the branches of one group.", reference.Spot);
            return null;
        }

        return CheckOneOf(reference, scope, only, [.. producers.Select(producer => producer!.Output.Type)]) ? only.OneOf(outputs, producers[0]!.Output.Type) : null;
    }

    private bool CheckOneOf(OneOfReference reference, PlanGroup scope, BranchesGroup branches, ImmutableArray<DataType> types)
    {
        if (types.FirstOrDefault(type => type != types[0]) is { } odd)
        {
            Fault("one-of-types", $"The outputs of oneOf(…) have one type; these are {types[0]} and {odd}.", reference.Spot);
        }
        else if (!branches.HasElse)
        {
            Fault("one-of-without-else", $"oneOf(…) needs branches that end in 'else', so that one of them always runs; those of{Called(branches)} do not.", reference.Spot);
        }
        else if (!scope.Around().Prepend(scope).Contains(branches.Parent!))
        {
            Fault("not-visible", $"The branches{Called(branches)} are inside a group that this is outside of.", reference.Spot);
        }
        else if (scope.Around().Prepend(scope).Contains(branches))
        {
            Fault("not-visible", $"oneOf(…) is for use outside of the branches{Called(branches)}.", reference.Spot);
        }
        else
        {
            return true;
        }

        return false;
    }

    private sealed record TaskOutput(PlanTask Task, ComponentOutput Output);

    private static string Called(PlanGroup group) => group.Id.Length == 0 ? "" : $" '{group.Id}'";

    private void Fault(string code, string message, SourceSpot spot) => _problems.Add(Problem.Error(code, message, spot));
}

using MlOps.Core.Problems;
using MlOps.Pipelines.Components;
using MlOps.Pipelines.Definitions;

namespace MlOps.Pipelines.Compilation;

/// <summary>Resolves every reference of a plan, parents before children, and checks every type.</summary>
internal sealed class Linker(Plan plan, Resolver resolver, ICollection<Problem> problems)
{
    private readonly TypeChecker _types = new(problems);
    private readonly ComparisonCheck _comparisons = new(problems);
    private readonly LiteralPlaceholders _placeholders = new(plan, problems);

    public void Link()
    {
        foreach (var group in plan.AllGroups())
        {
            LinkGroup(group);
            foreach (var task in group.Children.OfType<PlanTask>())
            {
                LinkTask(task, group);
            }
        }

        if (plan.ExitTask is { } exit)
        {
            LinkTask(exit, plan.Root);
        }

        LinkOutputs();
    }

    private void LinkGroup(PlanGroup group)
    {
        switch (group)
        {
            case ConditionGroup condition:
                foreach (var test in condition.Tests.Where(test => !test.IsNegated))
                {
                    // Branches are inside their group, but their conditions are seen from there like everything around it.
                    LinkComparison(test.Comparison, group.Parent!);
                }

                break;
            case LoopGroup loop:
                LinkLoop(loop);
                break;
        }
    }

    private void LinkComparison(Comparison comparison, PlanGroup scope)
    {
        var condition = comparison.Condition;
        comparison.Left = Side(condition.Left, scope);
        comparison.Right = condition.Right.Expression is { } right ? Side(right, scope) : null;
        var isWhole = comparison.Left is not null && (comparison.Right is not null || condition.Right.Expression is null);
        if (isWhole)
        {
            _comparisons.Check(comparison);
        }
    }

    private ComparedValue? Side(Expression expression, PlanGroup scope)
    {
        var converted = expression as ConvertedReference;
        expression = converted?.Of ?? expression;
        if (expression is CollectedReference or OneOfReference or RunReference)
        {
            problems.Add(Problem.Error("bad-condition", "A condition compares inputs, outputs, items and their fields; not collected(…), oneOf(…) or values of the run. Pass the value through a task.", expression.Spot));
            return null;
        }

        return resolver.Resolve(expression, scope) is { } channel ? new ComparedValue(channel, converted?.Type) : null;
    }

    private void LinkLoop(LoopGroup loop)
    {
        if (loop.Literal is { } literal)
        {
            loop.Item = new ItemChannel(loop, literal.ItemType);
            return;
        }

        var items = (ReferencedItems)loop.Definition.Items;
        if (resolver.Resolve(items.List, loop.Parent!) is not { } list)
        {
            return;
        }

        if (!list.IsUntyped && list.Type != DataType.List && !list.Type.IsArtifactList)
        {
            problems.Add(Problem.Error("wrong-type", $"A loop goes over a list; this is {DefinitionType.Wanted(list.Type)}.", items.Spot));
            return;
        }

        if (loop.Around().OfType<LoopGroup>().FirstOrDefault(around => around.List?.IsSame(list) ?? false) is { } same)
        {
            problems.Add(Problem.Error("same-list", $"The loop '{same.Id}' around this one goes over the same list, and KFP cannot tell their items apart. Pass the list through a task.", items.Spot));
            return;
        }

        loop.List = list;
        loop.Item = new ItemChannel(loop, list.Type.IsArtifactList ? list.Type with { IsArtifactList = false } : list.Type.Items ?? DataType.String);
    }

    private void LinkTask(PlanTask task, PlanGroup scope)
    {
        var isExit = task == plan.ExitTask;
        foreach (var argument in task.Arguments)
        {
            LinkValue(task, argument.Value, scope, isText: false);
        }

        foreach (var after in task.Definition.After)
        {
            LinkAfter(after, scope);
        }

        _placeholders.Check(task);
        if (task.Component is { } component)
        {
            _types.CheckArguments(task, component, resolver, isExit);
        }

        if (task.Definition.Target is ImporterTarget { Metadata: { } metadata })
        {
            LinkMetadata(task, metadata, scope);
        }
    }

    private void LinkMetadata(PlanTask task, MapValue metadata, PlanGroup scope)
    {
        LinkValue(task, metadata, scope, isText: true);
        _types.CheckExact(metadata);
        if (task.Component is not null && ImporterComponent.References(metadata).All(expression => resolver.Known(expression) is not null))
        {
            ImporterComponent.AddMetadata(task, metadata, resolver);
        }
    }

    private void LinkValue(PlanTask task, ArgumentValue value, PlanGroup scope, bool isText)
    {
        switch (value)
        {
            case ReferenceValue { Expression: var expression }:
                Use(task, expression, scope, isText);
                break;
            case TextValue text:
                foreach (var part in text.Parts.Where(part => part.Expression is not null))
                {
                    Use(task, part.Expression!, scope, isText: true);
                }

                break;
            case ListValue list:
                foreach (var item in list.Items)
                {
                    LinkValue(task, item, scope, isText: true);
                }

                break;
            case MapValue map:
                foreach (var entry in map.Entries)
                {
                    LinkValue(task, entry.Value, scope, isText: true);
                }

                break;
        }
    }

    private void Use(PlanTask task, Expression expression, PlanGroup scope, bool isText)
    {
        if (expression is RunReference)
        {
            return;
        }

        if (task == plan.ExitTask && expression is not (InputReference or UnreadableExpression))
        {
            problems.Add(Problem.Error("exit-depends-on-task", "The exit task runs whatever happened before it: it may use inputs, literals and values of the run only.", expression.Spot));
            return;
        }

        if (isText && (expression is CollectedReference or OneOfReference))
        {
            problems.Add(Problem.Error("not-in-text", $"{(expression is OneOfReference ? "oneOf(…)" : "collected(…)")} cannot stand in text or inside a list or map; pass it as an argument of its own.", expression.Spot));
            return;
        }

        if (resolver.Resolve(expression, scope) is not { } channel)
        {
            return;
        }

        if (isText && channel.Type.IsArtifact)
        {
            problems.Add(Problem.Error("not-in-text", $"This is an artifact ({channel.Type}), and only parameters can stand in text.", expression.Spot));
            return;
        }

        task.Channels.Add(channel);
    }

    private void LinkAfter(TaskName after, PlanGroup scope)
    {
        if (resolver.Task(after.Id, after.Spot) is not { } upstream)
        {
            return;
        }

        if (Resolver.Uncommon(upstream, scope) is [not LoopGroup and var group, ..])
        {
            var where = group is BranchesGroup ? "one of several branches" : "a group under a condition";
            problems.Add(Problem.Error("not-visible", $"'{after.Id}' is in {where} that this is outside of, and may not run: nothing outside can wait for it.", after.Spot));
        }
    }

    private void LinkOutputs()
    {
        var outputs = plan.Definition.Outputs;
        if (plan.Exit is not null && outputs is [var first, ..])
        {
            problems.Add(Problem.Error("unsupported-output", "A pipeline with onExit has no outputs: KFP's IR cannot hand them out of its exit handler.", first.Spot));
            return;
        }

        foreach (var output in outputs)
        {
            if (output.Value is not (OutputReference or CollectedReference or OneOfReference))
            {
                problems.Add(Problem.Error("unsupported-output", $"The output '{output.Name}' must be an output of a task at the top level, collected(…) or oneOf(…).", output.Value.Spot));
            }
            else
            {
                resolver.Resolve(output.Value, plan.Root);
            }
        }
    }
}

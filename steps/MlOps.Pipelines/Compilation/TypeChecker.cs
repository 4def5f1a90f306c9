using System.Globalization;
using MlOps.Core.Problems;
using MlOps.Pipelines.Components;
using MlOps.Pipelines.Definitions;
using MlOps.Pipelines.Ir;

namespace MlOps.Pipelines.Compilation;

/// <summary>Checks that arguments fit the inputs that they are given to.</summary>
internal sealed class TypeChecker(ICollection<Problem> problems)
{
    public void CheckArguments(PlanTask task, ComponentSpec component, Resolver resolver, bool isExit)
    {
        foreach (var argument in task.Arguments)
        {
            CheckArgument(argument, component, resolver);
        }

        var given = task.Arguments.Select(argument => argument.Name).ToHashSet(StringComparer.Ordinal);
        foreach (var input in component.Inputs.Where(input => !given.Contains(input.Name)))
        {
            if (input.Type == DataType.TaskFinalStatus)
            {
                CheckFinalStatus(task, input, isExit);
            }
            else if (!input.IsOptional)
            {
                Fault("missing-input", $"The task '{task.Id}' needs the input '{input.Name}' ({input.Type}) of '{component.Name}', which has no default.", task.Spot);
            }
        }
    }

    /// <summary>A task that goes on after failures may ask for the status of the one that it waits for.</summary>
    private void CheckFinalStatus(PlanTask task, ComponentInput input, bool isExit)
    {
        if (!isExit && !task.Definition.Settings.IgnoreUpstreamFailure)
        {
            Fault("final-status-outside-exit", $"The input '{input.Name}' is a PipelineTaskFinalStatus, which only the task under 'onExit', or one with 'ignoreUpstreamFailure', is given.", task.Definition.Target.Spot);
        }
    }

    private void CheckArgument(Argument argument, ComponentSpec component, Resolver resolver)
    {
        if (component.Input(argument.Name) is not { } input)
        {
            var inputs = component.Inputs.Where(one => one.Type != DataType.TaskFinalStatus).ToArray();
            var written = inputs.FirstOrDefault(one => one.Title == argument.Name);
            Fault("unknown-input", inputs.Length == 0 ? $"'{component.Name}' takes no inputs, and '{argument.Name}' is given."
                : written is not null ? $"The input '{argument.Name}' is named '{written.Name}' in pipelines."
                : $"'{component.Name}' has no input '{argument.Name}'.{Suggestion.For(argument.Name, inputs.Select(one => one.Name))}", argument.Spot);
            return;
        }

        if (input.Type == DataType.TaskFinalStatus)
        {
            Fault("wrong-type", $"The input '{input.Name}' is a PipelineTaskFinalStatus, which is wired by itself; do not give it.", argument.Spot);
            return;
        }

        CheckValue(input, argument.Value, resolver);
    }

    private void CheckValue(ComponentInput input, ArgumentValue value, Resolver resolver)
    {
        switch (value)
        {
            case ReferenceValue { Expression: RunReference }:
                Expect(input, DataType.String, "a string (a value of the run)", value.Spot);
                break;
            case ReferenceValue { Expression: var expression }:
                if (resolver.Known(expression) is { } channel && !(channel.IsUntyped && !input.Type.IsArtifact))
                {
                    Expect(input, channel.Type, DefinitionType.Wanted(channel.Type), value.Spot);
                }

                break;
            case TextValue:
                Expect(input, DataType.String, "interpolated text, a string", value.Spot);
                break;
            case ListValue:
                Expect(input, DataType.List, "a list", value.Spot);
                CheckExact(value);
                break;
            case MapValue:
                Expect(input, DataType.Struct, "a map", value.Spot);
                CheckExact(value);
                break;
            case ScalarValue scalar:
                CheckScalar(input, scalar);
                break;
        }
    }

    private void CheckScalar(ComponentInput input, ScalarValue scalar)
    {
        switch (scalar.Value)
        {
            case null when !input.IsOptional:
                Fault("wrong-type", $"The input '{input.Name}' takes {DefinitionType.Wanted(input.Type)}, and null is given.", scalar.Spot);
                break;
            case null:
                break;
            case bool:
                Expect(input, DataType.Boolean, "a boolean", scalar.Spot, scalar.Value);
                break;
            case long whole when input.Type != DataType.Double:
                Expect(input, DataType.Integer, "an integer", scalar.Spot, scalar.Value);
                if (input.Type == DataType.Integer)
                {
                    CheckExact(scalar);
                }

                break;
            case double:
                Expect(input, DataType.Double, "a number with a fraction", scalar.Spot, scalar.Value);
                break;
            case string:
                Expect(input, DataType.String, "a string", scalar.Spot);
                break;
        }
    }

    /// <summary>The integers of a value, and of the lists and maps in it, are such as the IR can hold.</summary>
    public void CheckExact(ArgumentValue value)
    {
        switch (value)
        {
            case ScalarValue { Value: long whole } when !IrNumber.IsExact(whole):
                Fault("wrong-type", $"{whole} is beyond ±(2^53−1), which the IR cannot hold exactly. Pass it as a string.", value.Spot);
                break;
            case ListValue list:
                foreach (var item in list.Items)
                {
                    CheckExact(item);
                }

                break;
            case MapValue map:
                foreach (var entry in map.Entries)
                {
                    CheckExact(entry.Value);
                }

                break;
        }
    }

    /// <param name="literal">A scalar that becomes a string in quotes.</param>
    private void Expect(ComponentInput input, DataType given, string what, SourceSpot spot, object? literal = null)
    {
        if (given.Fits(input.Type))
        {
            return;
        }

        var remedy = input.Type.IsArtifact && !given.IsArtifact ? " Artifacts come from an output, a pipeline input or an importer."
            : input.Type == DataType.String && literal is not null ? $" Put it in quotes: '{(literal is bool flag ? flag ? "true" : "false" : Convert.ToString(literal, CultureInfo.InvariantCulture))}'"
            : "";
        Fault("wrong-type", $"The input '{input.Name}' takes {DefinitionType.Wanted(input.Type)}, and this is {what}.{remedy}", spot);
    }

    private void Fault(string code, string message, SourceSpot spot) => problems.Add(Problem.Error(code, message, spot));
}

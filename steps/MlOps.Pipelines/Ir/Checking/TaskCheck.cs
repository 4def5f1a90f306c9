using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.Json;
using System.Text.RegularExpressions;
using MlOps.Core.Files;
using MlOps.Core.Problems;
using MlOps.Pipelines.Components;
using MlOps.Pipelines.Definitions;

namespace MlOps.Pipelines.Ir.Checking;

/// <summary>One task of a DAG: what it runs, waits for and is given.</summary>
internal sealed partial class TaskCheck(CheckedSpec pipeline, CheckedComponent dag, DagSources sources, string name, JsonObject task, Report report)
{
    private static readonly string[] Strategies = ["TRIGGER_STRATEGY_UNSPECIFIED", "ALL_UPSTREAM_TASKS_SUCCEEDED", "ALL_UPSTREAM_TASKS_COMPLETED"];
    private readonly JsonPath _at = dag.Path["dag"]["tasks"][name];
    private readonly JsonObject _parameters = task.Map("inputs").Map("parameters") ?? [];
    private readonly JsonObject _artifacts = task.Map("inputs").Map("artifacts") ?? [];

    /// <summary>Inputs that compilers add on their own, which components do not declare.</summary>
    public static bool IsInjected(string input) => input.StartsWith("pipelinechannel--", StringComparison.Ordinal) || input.StartsWith("pipelineparam--", StringComparison.Ordinal);

    public void Run()
    {
        var reference = task.Map("componentRef").Text("name");
        var component = pipeline.Component(reference);
        if (component is null)
        {
            report.Error("unknown-component", reference is null
                ? $"The task '{name}' of {dag.Name} runs nothing: it has no componentRef."
                : $"The task '{name}' of {dag.Name} runs '{reference}', which is not among the components.{Suggestion.For(reference, pipeline.ComponentNames)}", _at["componentRef"]);
        }

        foreach (var (index, upstream) in (task.List("dependentTasks") ?? []).Select(JsonReading.AsText).Index().Where(item => item.Item is not null && !dag.Tasks.ContainsKey(item.Item)))
        {
            report.Error("unknown-task", $"The task '{name}' of {dag.Name} waits for '{upstream}', which is not in its DAG.{Suggestion.For(upstream!, dag.Tasks.Select(pair => pair.Key))}", _at["dependentTasks"][index.ToString(CultureInfo.InvariantCulture)]);
        }

        CheckInputs(component);
        CheckIterator(component);
        CheckTrigger();
        new ExpressionCheck(dag, component, name, task, report, _at).Run();
    }

    private void CheckInputs(CheckedComponent? component)
    {
        foreach (var (input, source) in _parameters.Maps())
        {
            CheckSource(component, input, source, isArtifact: false);
        }

        foreach (var (input, source) in _artifacts.Maps())
        {
            CheckSource(component, input, source, isArtifact: true);
        }

        var item = Iterator().Text("itemInput");
        foreach (var (input, _) in component?.Inputs.Where(input => input.Value.IsRequired) ?? [])
        {
            if (input != item && !_parameters.ContainsKey(input) && !_artifacts.ContainsKey(input))
            {
                report.Error("missing-input", $"The task '{name}' of {dag.Name} is not given the input '{input}' of {component!.Name}, which has no default.", _at["inputs"]);
            }
        }
    }

    private JsonObject? Iterator() => task.Map("parameterIterator") ?? task.Map("artifactIterator");

    private void CheckSource(CheckedComponent? component, string input, JsonObject source, bool isArtifact)
    {
        var at = _at["inputs"][isArtifact ? "artifacts" : "parameters"][input];
        var isKnown = TypeOf(input, source, isArtifact, at, out var given);
        if (component is null || !component.Inputs.TryGetValue(input, out var port))
        {
            if (component is not null && !IsInjected(input))
            {
                report.Error("unknown-input", $"The task '{name}' of {dag.Name} gives '{input}' to {component.Name}, which has no such input.{Suggestion.For(input, component.Inputs.Keys)}", at);
            }

            return;
        }

        if (port.IsArtifact != isArtifact)
        {
            report.Error("wrong-type", $"The input '{input}' of {component.Name} is {(port.IsArtifact ? "an artifact" : "a parameter")}, and the task '{name}' of {dag.Name} gives {(isArtifact ? "an artifact" : "a parameter")}.", at);
        }
        else if (isKnown && pipeline.HasTypedValues && given is not null && port.Type is { } wanted && !Fits(given, wanted))
        {
            report.Error("wrong-type", $"The input '{input}' of {component.Name} is {wanted}, and the task '{name}' of {dag.Name} gives {given}.", at);
        }
        else if (source.Map("runtimeValue") is { } constant && constant.ContainsKey("constant"))
        {
            CheckConstant(component, input, port, constant["constant"], at);
        }
    }

    // A runner takes anything for a string, and items of loops that KFP types as strings may be anything.
    private static bool Fits(DataType given, DataType wanted) =>
        given.Fits(wanted) || (!given.IsArtifact && !wanted.IsArtifact && (wanted == DataType.String || given == DataType.String || (given.IsNumber && wanted.IsNumber)));

    private bool TypeOf(string input, JsonObject source, bool isArtifact, JsonPath at, out DataType? type)
    {
        type = DagSources.Unknown;
        if (source.Text(isArtifact ? "componentInputArtifact" : "componentInputParameter") is { } outer)
        {
            return FromOutside(input, outer, isArtifact, source.ContainsKey("parameterExpressionSelector"), at, ref type);
        }

        if (source.Map(isArtifact ? "taskOutputArtifact" : "taskOutputParameter") is { } output)
        {
            return FromTask(input, output, isArtifact, source.ContainsKey("parameterExpressionSelector"), at, ref type);
        }

        if (source.Map("taskFinalStatus") is { } status && status.Text("producerTask") is { } watched && !dag.Tasks.ContainsKey(watched))
        {
            report.Error("unknown-task", $"The input '{input}' of the task '{name}' of {dag.Name} is the status of '{watched}', which is not in its DAG.", at);
        }

        if (source.Count == 0)
        {
            report.Error("unconnected-input", $"The input '{input}' of the task '{name}' of {dag.Name} is given nothing.", at);
        }

        return false;
    }

    private bool FromOutside(string input, string outer, bool isArtifact, bool isSelected, JsonPath at, ref DataType? type)
    {
        if (!dag.Inputs.TryGetValue(outer, out var port) || port.IsArtifact != isArtifact)
        {
            report.Error("unknown-input", $"The input '{input}' of the task '{name}' is taken from the {(isArtifact ? "artifact" : "parameter")} '{outer}' of {dag.Name}, which has no such input.{Suggestion.For(outer, dag.Inputs.Keys)}", at);
            return false;
        }

        type = port.Type;
        return !isSelected;
    }

    private bool FromTask(string input, JsonObject output, bool isArtifact, bool isSelected, JsonPath at, ref DataType? type)
    {
        var producer = output.Text("producerTask") ?? "";
        if (sources.Producer(producer) is not var (upstream, made))
        {
            report.Error("unknown-task", $"The input '{input}' of the task '{name}' is taken from the task '{producer}', which is not in the DAG of {dag.Name}.{Suggestion.For(producer, dag.Tasks.Select(pair => pair.Key))}", at);
            return false;
        }

        if (made is null)
        {
            return false;
        }

        var key = output.Text(isArtifact ? "outputArtifactKey" : "outputParameterKey") ?? "";
        if (!made.Outputs.TryGetValue(key, out var port) || port.IsArtifact != isArtifact)
        {
            report.Error("unknown-output", $"The input '{input}' of the task '{name}' of {dag.Name} is taken from '{key}' of the task '{producer}', which has no such output.{Suggestion.For(key, made.Outputs.Keys)}", at);
            return false;
        }

        type = DagSources.Result(upstream, port);
        return !isSelected;
    }

    private void CheckConstant(CheckedComponent component, string input, Port port, JsonNode? constant, JsonPath at)
    {
        if (constant is not null && port.Type is { IsArtifact: false } type && type != DataType.String && type.Name is not ("TASK_FINAL_STATUS" or "TASK_CONFIG")
            && constant.AsText()?.Contains("{{$", StringComparison.Ordinal) != true && !PipelineInputs.Fits(constant, type))
        {
            report.Error("wrong-type", $"The input '{input}' of {component.Name} is {DefinitionType.Wanted(type)}, and the task '{name}' of {dag.Name} gives {constant.Readable()}.", at);
        }

        foreach (var placeholder in Texts(constant).SelectMany(TextPlaceholder.In))
        {
            if (placeholder is { Root: "inputs", Name: { } filled } && IsInjected(filled) && !_parameters.ContainsKey(filled))
            {
                report.Error("unknown-input", $"The text of '{input}' of the task '{name}' of {dag.Name} fills in '{filled}', which the task is not given.", at);
            }
            else if (placeholder.Unfilled(given => _parameters.ContainsKey(given) || _artifacts.ContainsKey(given)) is { } why)
            {
                report.Warning("unfilled-placeholder", $"In the text of '{input}' of the task '{name}' of {dag.Name} {why}.", at);
            }
        }
    }

    private static IEnumerable<string> Texts(JsonNode? value) => value switch
    {
        JsonObject map => map.SelectMany(pair => Texts(pair.Value).Prepend(pair.Key)),
        JsonArray list => list.SelectMany(Texts),
        _ => value.AsText() is { } text ? [text] : [],
    };

    private void CheckIterator(CheckedComponent? component)
    {
        if (Iterator() is not { } iterator)
        {
            return;
        }

        var isArtifact = task.Map("artifactIterator") is not null;
        var at = _at[isArtifact ? "artifactIterator" : "parameterIterator"];
        var item = iterator.Text("itemInput") ?? "";
        if (component is not null && !component.Inputs.ContainsKey(item))
        {
            report.Error("unknown-input", $"The items of the loop '{name}' of {dag.Name} go to '{item}', which {component.Name} does not have.{Suggestion.For(item, component.Inputs.Keys)}", at);
        }

        var items = iterator.Map("items");
        var list = items.Text(isArtifact ? "inputArtifact" : "inputParameter");
        if (list is not null && !(isArtifact ? _artifacts : _parameters).ContainsKey(list))
        {
            report.Error("unknown-input", $"The loop '{name}' of {dag.Name} goes over its input '{list}', which it is not given.", at);
        }

        if (list is not null && !isArtifact && _parameters.Map(list) is { } given && Given(given) is { IsArtifact: false } type && type != DataType.List && type != DataType.String)
        {
            report.Error("wrong-type", $"The loop '{name}' of {dag.Name} goes over its input '{list}', which is {type}; expected a list.", at);
        }

        if (list is null && !IsJsonList(items.Text("raw")))
        {
            report.Error("bad-loop", $"The loop '{name}' of {dag.Name} goes over nothing: it has neither an input nor a list in JSON ('raw').", at);
        }
    }

    /// <summary>The type of a source that is wired already; null where it is unknown or only part of it is taken.</summary>
    private DataType? Given(JsonObject source)
    {
        if (source.ContainsKey("parameterExpressionSelector"))
        {
            return DagSources.Unknown;
        }

        var output = source.Map("taskOutputParameter");
        return source.Text("componentInputParameter") is { } outer ? dag.Inputs.GetValueOrDefault(outer)?.Type
            : sources.Producer(output.Text("producerTask") ?? "") is (var upstream, { } made) && made.Outputs.TryGetValue(output.Text("outputParameterKey") ?? "", out var port) ? DagSources.Result(upstream, port)
            : DagSources.Unknown;
    }

    private static bool IsJsonList(string? raw)
    {
        try
        {
            return raw is not null && JsonNode.Parse(raw) is JsonArray;
        }
        catch (JsonException)
        {
            return false;
        }
    }

    private void CheckTrigger()
    {
        var policy = task.Map("triggerPolicy");
        if (policy.Text("strategy") != "ALL_UPSTREAM_TASKS_COMPLETED" && _parameters.Maps().Any(input => input.Value.ContainsKey("taskFinalStatus")))
        {
            report.Warning("status-of-success", $"The task '{name}' of {dag.Name} is given the final status of a task, and runs only if that succeeds: its strategy is not ALL_UPSTREAM_TASKS_COMPLETED.", _at["triggerPolicy"]);
        }

        if (policy.Text("strategy") is { } strategy && Array.IndexOf(Strategies, strategy) < 0)
        {
            report.Error("unknown-strategy", $"The task '{name}' of {dag.Name} has the unknown strategy '{strategy}'.{Suggestion.For(strategy, Strategies)}", _at["triggerPolicy"]);
        }

        foreach (Match match in Compared().Matches(policy.Text("condition") ?? ""))
        {
            if (!_parameters.ContainsKey(match.Groups["name"].Value))
            {
                report.Error("unknown-input", $"The condition of the task '{name}' of {dag.Name} compares '{match.Groups["name"].Value}', which the task is not given.", _at["triggerPolicy"]);
            }
        }
    }

    [GeneratedRegex(@"inputs\.parameter(_value)?s\[(?<quote>['""])(?<name>[^'""]*)\k<quote>\]", RegexOptions.CultureInvariant)]
    private static partial Regex Compared();
}

using System.Globalization;
using System.Text.RegularExpressions;
using MlOps.Core.Problems;

namespace MlOps.Pipelines.Ir.Checking;

/// <summary>
/// What a component's container fills in (specs/pipelines.md, "Placeholders"): <c>{{$.inputs.parameters['x']}}</c> and the like
/// name inputs and outputs that the component has, as parameters or artifacts as they are declared; <c>IfPresent</c> asks for one.
/// </summary>
internal sealed partial class PlaceholderCheck(CheckedSpec pipeline, CheckedComponent component, Report report)
{
    public void Run()
    {
        var at = JsonPath.Top["deploymentSpec"]["executors"][component.ExecutorLabel!]["container"];
        if (pipeline.Executors.Map(component.ExecutorLabel!).Map("container") is not { } container)
        {
            return;
        }

        Check(container.Text("image"), at["image"]);
        foreach (var key in new[] { "command", "args" })
        {
            foreach (var (index, item) in (container.List(key) ?? []).Index())
            {
                Check(item.AsText(), at[key][index.ToString(CultureInfo.InvariantCulture)]);
            }
        }

        foreach (var (index, item) in (container.List("env") ?? []).Index())
        {
            Check(item.Text("value"), at["env"][index.ToString(CultureInfo.InvariantCulture)]);
        }
    }

    private void Check(string? text, JsonPath at)
    {
        if (text is null)
        {
            return;
        }

        foreach (Match match in Placeholder().Matches(text))
        {
            if (match.Groups["name"].Success)
            {
                CheckPort(match, at);
            }
            else if (!TextPlaceholder.Roots.Contains(match.Groups["root"].Value))
            {
                report.Warning("unknown-placeholder", $"The executor '{component.ExecutorLabel}' has '{{{{$.{match.Groups["root"].Value}', which nothing fills in.{Suggestion.For(match.Groups["root"].Value, TextPlaceholder.Roots)}", at);
            }
        }

        foreach (Match match in Present().Matches(text))
        {
            if (match.Groups["name"].Value is var input && !component.Inputs.ContainsKey(input))
            {
                report.Error("unknown-input", $"The executor '{component.ExecutorLabel}' asks whether the input '{input}' is present, which {component.Name} does not have.{Suggestion.For(input, component.Inputs.Keys)}", at);
            }
        }
    }

    private void CheckPort(Match match, JsonPath at)
    {
        var side = match.Groups["root"].Value;
        var ports = side == "inputs" ? component.Inputs : component.Outputs;
        var name = match.Groups["name"].Value;
        if (!ports.TryGetValue(name, out var port))
        {
            if (!TaskCheck.IsInjected(name))
            {
                report.Error($"unknown-{side.TrimEnd('s')}", $"The executor '{component.ExecutorLabel}' fills in the {side.TrimEnd('s')} '{name}', which {component.Name} does not have.{Suggestion.For(name, ports.Keys)}", at);
            }
        }
        else if (port.IsArtifact != (match.Groups["kind"].Value == "artifacts"))
        {
            report.Error("wrong-type", $"The executor '{component.ExecutorLabel}' fills in {match.Value}…, and the {side.TrimEnd('s')} '{name}' of {component.Name} is {(port.IsArtifact ? "an artifact" : "a parameter")} ({port.Type}): write {{{{$.{side}.{(port.IsArtifact ? "artifacts" : "parameters")}['{name}'].", at);
        }
    }

    [GeneratedRegex(@"\{\{\$\.(?<root>[A-Za-z_]+)(\.(?<kind>parameters|artifacts)\[(?:'(?<name>[^']*)'|""(?<name>[^""]*)""|\\""(?<name>[^""\\]*)\\"")\])?", RegexOptions.CultureInvariant)]
    private static partial Regex Placeholder();

    // Within a JSON text, itself within another where one holds the other.
    [GeneratedRegex(@"""InputName\\*"":\s*\\*""(?<name>[^""\\]*)", RegexOptions.CultureInvariant)]
    private static partial Regex Present();
}

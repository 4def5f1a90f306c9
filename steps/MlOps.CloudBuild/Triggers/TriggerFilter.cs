using System.Text.Json;
using System.Text.Json.Nodes;
using Google.Cloud.CloudBuild.V1;
using MlOps.Core.Cel;

namespace MlOps.CloudBuild.Triggers;

/// <summary>
/// A trigger's <c>filter</c>: an expression of CEL over its substitutions (<c>_ACTION == "INSERT"</c>, with payloads bound) and the
/// event's <c>body</c>.
/// </summary>
public static class TriggerFilter
{
    /// <summary>Why a text is not a filter; null where it is one.</summary>
    public static string? Fault(string filter) => CelParser.Fault(filter);

    internal static TriggerDecision Decide(BuildTrigger trigger, TriggerEvent happened, string why)
    {
        if (string.IsNullOrWhiteSpace(trigger.Filter))
        {
            return TriggerDecision.Yes(why);
        }

        try
        {
            return CelEvaluator.Evaluate(CelParser.Parse(trigger.Filter), Names(trigger, happened)) switch
            {
                true => TriggerDecision.Yes($"{why}; the filter {trigger.Filter} holds"),
                false => TriggerDecision.No(TriggerCode.Filter, $"the filter {trigger.Filter} does not hold"),
                _ => TriggerDecision.No(TriggerCode.InvalidFilter, $"the filter {trigger.Filter} is neither true nor false"),
            };
        }
        catch (CelException error)
        {
            return TriggerDecision.No(TriggerCode.InvalidFilter, $"the filter {trigger.Filter} has no value: {error.Message}");
        }
    }

    private static Dictionary<string, object?> Names(BuildTrigger trigger, TriggerEvent happened)
    {
        var payload = Payload.Of(happened);
        var names = trigger.Substitutions.ToDictionary(pair => pair.Key, pair => (object?)payload.Bind(pair.Value), StringComparer.Ordinal);
        foreach (var (name, value) in payload.Roots)
        {
            names[name] = Cel(value);
        }

        return names;
    }

    private static object? Cel(JsonNode? value) => value is null ? null : CelValue.Of(JsonSerializer.SerializeToElement(value));
}

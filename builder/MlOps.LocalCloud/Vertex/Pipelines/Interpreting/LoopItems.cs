using System.Collections.Immutable;
using System.Text.Json;
using MlOps.LocalCloud.Vertex.Pipelines.Placeholders;
using MlOps.LocalCloud.Vertex.Pipelines.Values;

namespace MlOps.LocalCloud.Vertex.Pipelines.Interpreting;

/// <summary>What a loop runs over, and what each iteration is given.</summary>
internal static class LoopItems
{
    /// <summary>The items of a LIST, or of a STRING that holds a JSON list.</summary>
    /// <exception cref="TaskFaultException">It is neither.</exception>
    public static IReadOnlyList<JsonElement> Of(JsonElement items)
    {
        try
        {
            var list = items.ValueKind == JsonValueKind.String ? Json.Parse(items.GetString()!) : items;
            if (list.ValueKind == JsonValueKind.Array)
            {
                return [.. list.EnumerateArray()];
            }
        }
        catch (JsonException)
        {
            // Not a list: said below.
        }

        var text = Coercion.Text(items);
        throw new TaskFaultException($"A loop needs a list; it was given {(text.Length <= 200 ? text : text[..200] + "…")}.");
    }

    /// <summary>The loop's own inputs, unchanged, and the item.</summary>
    /// <exception cref="TaskFaultException">The item is of another type than the component declares.</exception>
    public static TaskInputs InputsOf(TaskNode loop, int index)
    {
        var iterator = loop.Task!.Iterator!;
        if (iterator.OverArtifacts)
        {
            return loop.Inputs with { Artifacts = loop.Inputs.Artifacts.SetItem(iterator.ItemInput, ImmutableArray.Create<RuntimeArtifact>(loop.ArtifactItems[index])) };
        }

        var item = Coercion.Input(iterator.ItemInput, loop.Component.Takes(iterator.ItemInput), loop.Items[index]);
        return loop.Inputs with { Parameters = loop.Inputs.Parameters.SetItem(iterator.ItemInput, item) };
    }
}

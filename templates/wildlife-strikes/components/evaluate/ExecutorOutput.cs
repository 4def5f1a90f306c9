using System.Text.Json;
using System.Text.Json.Nodes;

namespace Evaluate;

/// <summary>
/// KFP's executor_output.json, by which a container gives metadata to its artifacts. Whatever it does not name (the other outputs) is
/// taken from the output files as usual.
/// </summary>
internal static class ExecutorOutput
{
    /// <param name="executorInput">What the placeholder <c>executorInput</c> became: KFP's ExecutorInput as JSON.</param>
    /// <exception cref="InvalidDataException">It names no output file, or not this artifact.</exception>
    public static void Write(string executorInput, string artifact, IReadOnlyDictionary<string, double> metadata)
    {
        var outputs = Parse(executorInput)["outputs"];
        var path = (string?)outputs?["outputFile"];
        var given = outputs?["artifacts"]?[artifact]?["artifacts"]?[0] as JsonObject;
        if (path is null || given is null)
        {
            throw new InvalidDataException($"The executor input has no outputs.outputFile or no outputs.artifacts.{artifact}: {executorInput}");
        }

        var described = given.DeepClone().AsObject();
        described["metadata"] = JsonSerializer.SerializeToNode(metadata);
        var output = new JsonObject { ["artifacts"] = new JsonObject { [artifact] = new JsonObject { ["artifacts"] = new JsonArray(described) } } };
        Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(path))!);
        File.WriteAllText(path, output.ToJsonString());
    }

    private static JsonNode Parse(string json)
    {
        try
        {
            return JsonNode.Parse(json) ?? throw new InvalidDataException("The executor input is null.");
        }
        catch (JsonException e)
        {
            throw new InvalidDataException($"The executor input is not JSON: {e.Message}", e);
        }
    }
}

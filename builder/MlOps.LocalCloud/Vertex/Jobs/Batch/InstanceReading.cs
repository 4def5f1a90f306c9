using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.Json;
using InstanceConfig = Google.Cloud.AIPlatform.V1.BatchPredictionJob.Types.InstanceConfig;
using MlOps.Core.Files;
using MlOps.LocalCloud.Vertex.Pipelines.Values;

namespace MlOps.LocalCloud.Vertex.Jobs.Batch;

/// <summary>One instance.</summary>
/// <param name="Sent">What the model is given.</param>
/// <param name="Told">What stands in the output beside the prediction: the instance, or its key.</param>
/// <param name="ToldAs"><c>instance</c> or <c>key</c>.</param>
internal sealed record Instance(JsonNode? Sent, JsonNode? Told, string ToldAs);

/// <summary>A line that is no instance.</summary>
internal sealed class InstanceFaultException(string message, Exception? inner = null) : Exception(message, inner);

/// <summary>Instances out of files (batch_prediction_job.proto, <c>InputConfig</c> and <c>InstanceConfig</c>).</summary>
internal sealed class InstanceReading(string format, InstanceConfig? config)
{
    /// <summary>The instances of a file, each in a call of its own: one that cannot be read does not stop the others.</summary>
    public IEnumerable<Func<Instance>> Read(TextReader text)
    {
        if (format == "jsonl")
        {
            while (text.ReadLine() is { } line)
            {
                if (line.Trim().Length > 0)
                {
                    yield return () => Shaped(Parsed(line));
                }
            }

            yield break;
        }

        var rows = CsvText.Rows(text);
        List<string>? header = null;
        foreach (var row in rows)
        {
            if (header is null)
            {
                header = row.ConvertAll(field => field.Text);
                continue;
            }

            var names = header;
            yield return () => Shaped(Named(names, row), isRow: true);
        }
    }

    private static JsonNode? Parsed(string line)
    {
        try
        {
            return Json.Node(Json.Parse(line));
        }
        catch (JsonException error)
        {
            throw new InstanceFaultException($"The line is not JSON: {JsonFault.Words(line)}.", error);
        }
    }

    private static JsonObject Named(List<string> header, List<CsvField> row) => row.Count == header.Count
        ? new JsonObject(header.Zip(row, (name, field) => KeyValuePair.Create(name, field.Value)))
        : throw new InstanceFaultException(string.Create(CultureInfo.InvariantCulture, $"The row has {row.Count} fields; the header has {header.Count}."));

    private Instance Shaped(JsonNode? read, bool isRow = false)
    {
        var needsFields = config is not null && (config.KeyField.Length > 0 || config.IncludedFields.Count > 0 || config.ExcludedFields.Count > 0);
        if (read is not JsonObject fields)
        {
            return needsFields ? throw new InstanceFaultException("instanceConfig needs instances with named fields; this one is no object.") : new Instance(read, read?.DeepClone(), "instance");
        }

        var isArray = isRow ? config?.InstanceType != "object" : config?.InstanceType == "array";
        var kept = Kept(fields);
        var sent = isArray ? new JsonArray([.. kept.Select(pair => pair.Value?.DeepClone())]) : (JsonNode)new JsonObject(kept.Select(pair => KeyValuePair.Create(pair.Key, pair.Value?.DeepClone())));
        if (config?.KeyField is { Length: > 0 } key)
        {
            return fields.TryGetPropertyValue(key, out var value) ? new Instance(sent, value?.DeepClone(), "key") : throw new InstanceFaultException($"The instance has no field '{key}' (instanceConfig.keyField).");
        }

        return new Instance(sent, config?.ExcludedFields.Count > 0 ? fields.DeepClone() : sent.DeepClone(), "instance");
    }

    private IEnumerable<KeyValuePair<string, JsonNode?>> Kept(JsonObject fields) => config?.IncludedFields.Count > 0
        ? config.IncludedFields.Select(name => fields.TryGetPropertyValue(name, out var value)
            ? KeyValuePair.Create(name, value)
            : throw new InstanceFaultException($"The instance has no field '{name}' (instanceConfig.includedFields)."))
        : fields.Where(pair => pair.Key != config?.KeyField && config?.ExcludedFields.Contains(pair.Key) is not true);
}

using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Nodes;
using MlOps.Core.Files;
using MlOps.Core.Problems;
using MlOps.Core.Yaml;
using MlOps.Pipelines.Yaml;

namespace MlOps.Pipelines.Ir;

/// <summary>A compiled pipeline in a file, JSON or YAML: a PipelineSpec, or a PipelineJob around one.</summary>
public sealed class PipelineFile
{
    /// <summary>The code of the problem that the file is a pipeline definition, which is to be compiled first.</summary>
    public const string Definition = "not-compiled";

    private readonly JsonLocator? _json;
    private readonly YamlNode? _yaml;

    private PipelineFile(string? path, string text, JsonObject whole, JsonNode? platform, YamlNode? yaml)
    {
        Path = path;
        IsJob = whole["pipelineSpec"] is JsonObject;
        Job = IsJob ? whole : null;
        Spec = IsJob ? (JsonObject)whole["pipelineSpec"]! : whole;
        PlatformSpec = platform as JsonObject;
        _yaml = yaml;
        _json = yaml is null ? new JsonLocator(path, text) : null;
    }

    public string? Path { get; }

    /// <summary>The PipelineSpec.</summary>
    public JsonObject Spec { get; }

    /// <summary>The PipelineJob, if the file holds one.</summary>
    public JsonObject? Job { get; }

    /// <summary>The second YAML document of KFP's files with settings of Kubernetes.</summary>
    public JsonObject? PlatformSpec { get; }

    private bool IsJob { get; }

    /// <param name="path">For the problems' places.</param>
    /// <param name="text">The file's content.</param>
    /// <param name="problems">Receives what is wrong with it as a file; what it says is for <see cref="PipelineChecker"/>.</param>
    /// <returns>Null, with a problem, where the file cannot be read or holds no pipeline.</returns>
    public static PipelineFile? Parse(string? path, string text, ICollection<Problem> problems)
    {
        var found = new List<Problem>();
        var yaml = ImmutableArray<YamlNode>.Empty;
        var documents = text.AsSpan().TrimStart() is ['{', ..] ? Json(path, text, found) : Yaml(path, text, found, out yaml);
        foreach (var problem in found)
        {
            problems.Add(problem);
        }

        return found.Count == 0 ? Of(path, text, documents, yaml.FirstOrDefault(), problems) : null;
    }

    /// <summary>The place of what a path leads to, or of the nearest thing around it that is there.</summary>
    internal SourceSpot Spot(IEnumerable<string> keys) => JobSpot(IsJob ? keys.Prepend("pipelineSpec") : keys);

    /// <summary>As <see cref="Spot"/>, from the top of the file.</summary>
    internal SourceSpot JobSpot(IEnumerable<string> keys)
    {
        if (_json is not null)
        {
            return _json.Spot(keys);
        }

        var node = _yaml!;
        var spot = node.Spot;
        foreach (var key in keys)
        {
            if (node is YamlMap map && map.Entry(key) is { } entry)
            {
                (node, spot) = (entry.Value, entry.Key.Spot);
            }
            else if (node is YamlList list && int.TryParse(key, out var index) && index < list.Items.Length)
            {
                (node, spot) = (list.Items[index], list.Items[index].Spot);
            }
            else
            {
                break;
            }
        }

        return spot;
    }

    private static PipelineFile? Of(string? path, string text, JsonNode?[] documents, YamlNode? yaml, ICollection<Problem> problems)
    {
        if (documents is not [JsonObject whole, ..])
        {
            problems.Add(Problem.Error("wrong-kind", "A compiled pipeline must be a map.", new SourceSpot(path, 1, 1)));
            return null;
        }

        if (whole["pipelineSpec"] is not JsonObject && whole["root"] is null && whole["pipelineInfo"] is null)
        {
            var spot = new SourceSpot(path, 1, 1);
            problems.Add(whole["tasks"] is not null ? Problem.Error(Definition, $"This is a pipeline definition; compile it first: mlops compile {(path is null ? "FILE" : System.IO.Path.GetFileName(path))}.", spot)
                : whole["implementation"] is not null ? Problem.Error("not-a-pipeline", "This is a component (component.yaml), not a pipeline.", spot)
                : whole["steps"] is not null ? Problem.Error("not-a-pipeline", "This is a cloudbuild.yaml, not a pipeline; 'mlops config check' checks those.", spot)
                : Problem.Error("not-a-pipeline", "This is no compiled pipeline: it has neither 'pipelineInfo' and 'root' nor 'pipelineSpec'.", spot));
            return null;
        }

        if (documents.Length > 2)
        {
            problems.Add(Problem.Error("many-documents", $"The file holds {documents.Length} documents; expected at most two, the pipeline and its platform's settings.", new SourceSpot(path, 1, 1)));
            return null;
        }

        return new PipelineFile(path, text, whole, documents.ElementAtOrDefault(1), yaml);
    }

    private static JsonNode?[] Json(string? path, string text, List<Problem> problems)
    {
        try
        {
            return [JsonNode.Parse(text, documentOptions: new JsonDocumentOptions { MaxDepth = 256, AllowDuplicateProperties = false })];
        }
        catch (JsonException)
        {
            var fault = JsonFault.In(text);
            problems.Add(Problem.Error("not-json", $"This is not JSON: {fault?.Message ?? "it is nested deeper than 256 levels"}.", new SourceSpot(path, fault?.Line ?? 1, fault?.Column ?? 1)));
            return [];
        }
    }

    private static JsonNode?[] Yaml(string? path, string text, List<Problem> problems, out ImmutableArray<YamlNode> documents)
    {
        documents = YamlText.ParseAll(path, text, problems);
        if (documents.Length == 0 && problems.Count == 0)
        {
            problems.Add(Problem.Error("empty-file", "The file is empty; expected a compiled pipeline.", new SourceSpot(path, 1, 1)));
        }

        return [.. documents.Select(document => YamlJson.Of(document, problems))];
    }
}

using System.Text.Json.Nodes;
using Google.Cloud.AIPlatform.V1;
using MlOps.Steps.Run;

namespace MlOps.Steps.Debug;

/// <summary>Tasks that bring artifacts which exist already (KFP's importer).</summary>
internal static class Importers
{
    /// <returns>The task input (<c>taskOutputArtifact</c>) that takes them.</returns>
    public static JsonObject Add(Parts parts, string name, IReadOnlyList<Artifact> artifacts, bool list)
    {
        if (list)
        {
            AddList(parts, name, artifacts);
        }
        else
        {
            AddOne(parts, name, artifacts[0]);
        }

        return new JsonObject { ["taskOutputArtifact"] = new JsonObject { ["producerTask"] = name, ["outputArtifactKey"] = "artifact" } };
    }

    private static void AddOne(Parts parts, string name, Artifact artifact)
    {
        parts.Components[$"comp-{name}"] = Leaf(name, artifact);
        parts.Executors[$"exec-{name}"] = Executor(artifact, new JsonObject { ["constant"] = artifact.Uri }, RecordedValues.Metadata(artifact));
        parts.Tasks[name] = Task($"comp-{name}");
    }

    // A list is what a loop over their URIs collects; an importer within it knows nothing of each one's metadata.
    private static void AddList(Parts parts, string name, IReadOnlyList<Artifact> artifacts)
    {
        var inner = Leaf(name, artifacts[0]);
        inner["inputDefinitions"] = UriInput();
        parts.Components[$"comp-{name}-one"] = inner;
        parts.Executors[$"exec-{name}"] = Executor(artifacts[0], new JsonObject { ["runtimeParameter"] = "uri" }, null);
        var task = Task($"comp-{name}-one");
        task["inputs"] = new JsonObject { ["parameters"] = new JsonObject { ["uri"] = new JsonObject { ["componentInputParameter"] = "uri" } } };
        var selector = new JsonObject { ["producerSubtask"] = "import", ["outputArtifactKey"] = "artifact" };
        parts.Components[$"comp-{name}"] = new JsonObject
        {
            ["inputDefinitions"] = UriInput(),
            ["dag"] = new JsonObject
            {
                ["tasks"] = new JsonObject { ["import"] = task },
                ["outputs"] = new JsonObject { ["artifacts"] = new JsonObject { ["artifact"] = new JsonObject { ["artifactSelectors"] = new JsonArray(selector) } } },
            },
            ["outputDefinitions"] = Outputs(artifacts[0], list: true),
        };
        var uris = new JsonArray([.. artifacts.Select(artifact => (JsonNode?)artifact.Uri)]);
        var loop = Task($"comp-{name}");
        loop["parameterIterator"] = new JsonObject { ["items"] = new JsonObject { ["raw"] = uris.ToJsonString() }, ["itemInput"] = "uri" };
        parts.Tasks[name] = loop;
    }

    private static JsonObject Task(string component) => new()
    {
        ["taskInfo"] = new JsonObject { ["name"] = component["comp-".Length..] },
        ["componentRef"] = new JsonObject { ["name"] = component },
        ["cachingOptions"] = new JsonObject(),
    };

    private static JsonObject Leaf(string name, Artifact artifact) => new() { ["executorLabel"] = $"exec-{name}", ["outputDefinitions"] = Outputs(artifact, list: false) };

    private static JsonObject UriInput() => new() { ["parameters"] = new JsonObject { ["uri"] = new JsonObject { ["parameterType"] = "STRING" } } };

    private static JsonObject Outputs(Artifact artifact, bool list)
    {
        var output = new JsonObject { ["artifactType"] = Type(artifact) };
        if (list)
        {
            output["isArtifactList"] = true;
        }

        return new JsonObject { ["artifacts"] = new JsonObject { ["artifact"] = output } };
    }

    private static JsonObject Executor(Artifact artifact, JsonObject uri, JsonObject? metadata)
    {
        var importer = new JsonObject { ["artifactUri"] = uri, ["typeSchema"] = Type(artifact), ["reimport"] = false };
        if (metadata is { Count: > 0 })
        {
            importer["metadata"] = metadata;
        }

        return new JsonObject { ["importer"] = importer };
    }

    private static JsonObject Type(Artifact artifact) => new()
    {
        ["schemaTitle"] = artifact.SchemaTitle.Length > 0 ? artifact.SchemaTitle : "system.Artifact",
        ["schemaVersion"] = artifact.SchemaVersion.Length > 0 ? artifact.SchemaVersion : "0.0.1",
    };
}

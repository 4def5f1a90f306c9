using System.Collections.Immutable;

namespace MlOps.LocalCloud.Vertex.Pipelines.Spec;

/// <summary>Reads <c>DagSpec</c>.</summary>
internal static class DagReader
{
    public static Dag Dag(SpecNode node)
    {
        var outputs = node.Map("outputs");
        return new Dag(
            node.Maps("tasks").ToImmutableSortedDictionary(pair => pair.Key, pair => TaskReader.Task(pair.Key, pair.Node), StringComparer.Ordinal),
            (outputs?.Maps("parameters") ?? []).ToImmutableSortedDictionary(pair => pair.Key, pair => Parameter(pair.Node), StringComparer.Ordinal),
            (outputs?.Maps("artifacts") ?? []).ToImmutableSortedDictionary(pair => pair.Key, pair => Artifact(pair.Node), StringComparer.Ordinal));
    }

    private static ParameterOutput Parameter(SpecNode node)
    {
        if (node.Map("valueFromParameter") is { } one)
        {
            return new ParameterOutput([Selector(one, "outputParameterKey")], IsOneOf: false);
        }

        if (node.Map("valueFromOneof") is { } several)
        {
            return new ParameterOutput([.. several.List("parameterSelectors").Select(item => Selector(item, "outputParameterKey"))], IsOneOf: true);
        }

        node.Fault("expected 'valueFromParameter' or 'valueFromOneof'");
        return new ParameterOutput([], IsOneOf: false);
    }

    private static ArtifactOutput Artifact(SpecNode node)
    {
        var selectors = node.List("artifactSelectors").Select(item => Selector(item, "outputArtifactKey")).ToImmutableArray();
        if (selectors.IsEmpty)
        {
            node.Fault("expected 'artifactSelectors'");
        }

        return new ArtifactOutput(selectors, IsOneOf: selectors.Length > 1);
    }

    private static OutputSelector Selector(SpecNode node, string key) => new(Required(node, "producerSubtask"), Required(node, key));

    private static string Required(SpecNode node, string key)
    {
        if (node.Text(key) is { Length: > 0 } text)
        {
            return text;
        }

        node.Fault($"'{key}' is missing");
        return "";
    }
}

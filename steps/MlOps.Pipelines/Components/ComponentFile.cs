using MlOps.Core.Problems;
using MlOps.Core.Yaml;
using MlOps.Pipelines.Ir;

namespace MlOps.Pipelines.Components;

/// <summary>Reads component files: component.yaml of KFP v1, and components and pipelines compiled to the IR (YAML or JSON).</summary>
public static class ComponentFile
{
    /// <param name="path">For the problems' places only.</param>
    /// <param name="text">The file's content.</param>
    /// <param name="problems">Receives every problem of the file, at once.</param>
    /// <param name="coerceCustomTypes">Inputs without a type or with a type of the author's own that are used with <c>inputValue</c> are strings instead of errors.</param>
    /// <returns>The component; null if the file has an error.</returns>
    public static ComponentSpec? Parse(string? path, string text, ICollection<Problem> problems, bool coerceCustomTypes = false)
    {
        var found = new List<Problem>();
        var component = Read(path, text, coerceCustomTypes, found);
        foreach (var problem in found)
        {
            problems.Add(problem);
        }

        return found.Exists(problem => problem.Severity == Severity.Error) ? null : component;
    }

    private static ComponentSpec? Read(string? path, string text, bool coerceCustomTypes, List<Problem> problems)
    {
        var documents = YamlText.ParseAll(path, text, problems);
        if (documents.Length == 0)
        {
            if (problems.Count == 0)
            {
                problems.Add(Problem.Error("empty-file", "The file is empty; expected a component.", new SourceSpot(path, 1, 1)));
            }

            return null;
        }

        if (documents[0] is not YamlMap map)
        {
            problems.Add(Problem.Error("wrong-kind", $"A component file must hold a map; this is {documents[0].Kind}.", documents[0].Spot));
            return null;
        }

        if (map["tasks"] is not null && map["implementation"] is null)
        {
            problems.Add(Problem.Error("not-a-component", "This is a pipeline definition, not a component; a task uses it with 'pipeline:'.", map.Spot));
            return null;
        }

        var compiled = IsCompiled(map);
        if (documents.Length > (compiled ? 2 : 1))
        {
            problems.Add(Problem.Error("many-documents", $"The file holds {documents.Length} YAML documents; expected {(compiled ? "at most two, the pipeline and its platform's settings" : "one")}.", documents[compiled ? 2 : 1].Spot));
            return null;
        }

        return compiled ? new IrComponent(problems).Read(map) : new V1Component(coerceCustomTypes, problems).Read(map);
    }

    private static bool IsCompiled(YamlMap map) =>
        map["implementation"] is null && (map["pipelineInfo"] ?? map["deploymentSpec"] ?? map["root"] ?? map["schemaVersion"]) is not null;
}

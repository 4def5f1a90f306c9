namespace MlOps.Testing;

/// <summary>Two components with inputs and outputs of every kind: <c>make</c> needs nothing, <c>use</c> takes whatever it is given.</summary>
public static class PipelineComponents
{
    public static void WriteTo(TemporaryFolder folder)
    {
        folder.Write("components/make/component.yaml", """
            name: Make
            inputs:
            - {name: count, type: Integer, default: '3'}
            outputs:
            - {name: word, type: String}
            - {name: num, type: Integer}
            - {name: rate, type: Float}
            - {name: ok, type: Bool}
            - {name: tags, type: JsonArray}
            - {name: data, type: Dataset}
            implementation:
              container: {image: make, command: [make], env: {A: '1'}}
            """);
        folder.Write("components/use/component.yaml", """
            name: Use
            inputs:
            - {name: text, type: String, optional: true}
            - {name: size, type: Integer, optional: true}
            - {name: rate, type: Float, optional: true}
            - {name: items, type: JsonArray, optional: true}
            - {name: options, type: JsonObject, optional: true}
            - {name: data, type: Dataset, optional: true}
            - {name: any, optional: true}
            - {name: Learning Rate, type: Float, optional: true}
            outputs:
            - {name: word, type: String}
            - {name: model, type: Model}
            implementation:
              container: {image: use, command: [use]}
            """);
    }
}

using System.Text.Json.Nodes;

namespace MlOps.Pipelines.Compilation;

/// <summary>How a task or group in a group's DAG is given a value, in the IR's words.</summary>
internal static class Sources
{
    /// <summary>The TaskInputsSpec entry for a channel, used directly in the DAG of <paramref name="dag"/>.</summary>
    public static JsonObject Of(Channel channel, PlanGroup dag) => channel switch
    {
        OutputChannel output when output.Home == dag => TaskOutput(output),
        InputChannel when dag.IsRoot => Input(channel, channel.FullName),
        FieldChannel field when field.Home == dag || field.Passed != field => Field(field),
        _ => Input(channel, channel.InjectedName),
    };

    private static JsonObject TaskOutput(OutputChannel output) => output.Type.IsArtifact
        ? new JsonObject { ["taskOutputArtifact"] = new JsonObject { ["outputArtifactKey"] = output.Key, ["producerTask"] = output.Producer.Name } }
        : new JsonObject { ["taskOutputParameter"] = new JsonObject { ["outputParameterKey"] = output.Key, ["producerTask"] = output.Producer.Name } };

    private static JsonObject Input(Channel channel, string name) => new() { [channel.Type.IsArtifact ? "componentInputArtifact" : "componentInputParameter"] = name };

    private static JsonObject Field(FieldChannel field) =>
        new() { ["componentInputParameter"] = field.Item.InjectedName, ["parameterExpressionSelector"] = field.Selector };
}

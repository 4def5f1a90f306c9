using System.Text.Json.Nodes;
using MlOps.Core.Files;
using MlOps.Core.Images;

namespace MlOps.Pipelines;

/// <summary>A compiled pipeline: its name and its IR, the same bytes for the same input, on any machine.</summary>
public sealed class CompiledPipelineSpec(string name, JsonObject spec)
{
    private byte[]? _bytes;

    /// <summary><c>pipelineInfo.name</c>.</summary>
    public string Name { get; } = name;

    /// <summary>The PipelineSpec (pipeline_spec.proto, schema 2.1.0) as JSON; not to be changed.</summary>
    public JsonObject Spec { get; } = spec;

    /// <summary>The file's content: JSON in UTF-8, keys sorted, indented by 2, one line feed at the end.</summary>
    public ReadOnlySpan<byte> Bytes => _bytes ??= CanonicalJson.Indented(Spec);

    public Digest Digest => Digest.Of(Bytes);
}

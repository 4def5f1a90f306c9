using System.Text.Json.Serialization;
using MlOps.LocalCloud.Vertex.Pipelines.Executing;
using MlOps.LocalCloud.Vertex.Pipelines.Interpreting;

namespace MlOps.LocalCloud.Vertex.Pipelines.Tables;

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(RunEvent))]
[JsonSerializable(typeof(CachedResult))]
[JsonSerializable(typeof(AttemptRecord))]
internal sealed partial class RunJson : JsonSerializerContext;

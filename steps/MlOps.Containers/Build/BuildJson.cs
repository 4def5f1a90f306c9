using System.Text.Json.Serialization;

namespace MlOps.Containers.Build;

[JsonSerializable(typeof(Dictionary<string, string>))]
internal sealed partial class BuildJson : JsonSerializerContext;

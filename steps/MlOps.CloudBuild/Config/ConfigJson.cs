using System.Text.Json.Serialization;

namespace MlOps.CloudBuild.Config;

[JsonSerializable(typeof(string))]
internal sealed partial class ConfigJson : JsonSerializerContext;

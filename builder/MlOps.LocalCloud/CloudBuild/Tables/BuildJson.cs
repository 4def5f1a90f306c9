using System.Text.Json.Serialization;

namespace MlOps.LocalCloud.CloudBuild.Tables;

[JsonSerializable(typeof(Dictionary<string, string>))]
internal sealed partial class BuildJson : JsonSerializerContext;

using System.Text.Json;
using Docker.DotNet.Models;
using MlOps.Core.Images;

namespace MlOps.Containers.Images;

/// <summary>The digest in a push's last line: <c>{"aux": {"Tag", "Digest", "Size"}}</c>.</summary>
internal static class PushedDigest
{
    public static Digest? Of(JSONMessage message)
    {
        object? value = null;
        message.Aux?.ExtensionData?.TryGetValue("Digest", out value);
        var text = value is JsonElement { ValueKind: JsonValueKind.String } element ? element.GetString() : value as string;
        return Digest.TryParse(text, out var digest) ? digest : null;
    }
}

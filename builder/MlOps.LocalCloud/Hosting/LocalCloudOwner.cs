using System.Diagnostics;
using System.Text.Json;
using System.Text.Json.Serialization;
using MlOps.Core.Files;

namespace MlOps.LocalCloud.Hosting;

/// <summary>The process that runs the local cloud of a state folder, as its file <c>cloud.lock</c> tells it.</summary>
/// <param name="Instance">The cloud's id, kept with its state: label <c>mlops.cloud=INSTANCE</c> on the engine.</param>
/// <param name="Pid">The owning process.</param>
/// <param name="Http">Address of REST, Storage, KFP and <c>/v2/</c> (HTTP/1.1).</param>
/// <param name="Grpc">Address of gRPC (h2c).</param>
/// <param name="Proxy">Address of the proxy for Google's hosts; null where it was not asked for.</param>
public sealed record LocalCloudOwner(string Instance, int Pid, Uri Http, Uri Grpc, Uri? Proxy = null)
{
    internal const string FileName = "cloud.lock";

    /// <summary>The certificate that clients of the proxy trust, as PEM.</summary>
    public static string CertificateAuthority(string stateFolder) => LocalCloud.Proxy.CertificateAuthority.PathIn(stateFolder);

    /// <summary>The running owner of a state folder; null where none runs, even if one was killed and left its file.</summary>
    public static LocalCloudOwner? Find(string stateFolder)
    {
        var owner = Read(stateFolder);
        return owner is not null && StateLock.IsHeld(stateFolder) && IsAlive(owner.Pid) ? owner : null;
    }

    /// <summary>Whether a process holds a state folder, one that is ending too.</summary>
    public static bool IsHeld(string stateFolder) => StateLock.IsHeld(stateFolder);

    internal static LocalCloudOwner? Read(string stateFolder)
    {
        try
        {
            return JsonSerializer.Deserialize(File.ReadAllBytes(Path.Combine(stateFolder, FileName)), OwnerJson.Default.LocalCloudOwner);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or JsonException)
        {
            return null;
        }
    }

    internal void Write(string stateFolder) =>
        AtomicFile.Write(Path.Combine(stateFolder, FileName), JsonSerializer.SerializeToUtf8Bytes(this, OwnerJson.Default.LocalCloudOwner));

    internal static void Erase(string stateFolder) => File.Delete(Path.Combine(stateFolder, FileName));

    private static bool IsAlive(int pid)
    {
        try
        {
            using var process = Process.GetProcessById(pid);
            return !process.HasExited;
        }
        catch (ArgumentException)
        {
            return false;
        }
    }
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(LocalCloudOwner))]
[JsonSerializable(typeof(CloudIdentity))]
internal sealed partial class OwnerJson : JsonSerializerContext;

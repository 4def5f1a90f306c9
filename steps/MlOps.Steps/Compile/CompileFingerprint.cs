using System.Security.Cryptography;
using System.Text;
using MlOps.Core.Images;
using MlOps.Steps.Project;

namespace MlOps.Steps.Compile;

/// <summary>What the compiled pipelines depend on: the toolkit, the sources and whatever lies beside them, and the pinned component files.</summary>
internal static class CompileFingerprint
{
    public static string Of(DeliveryContext context, RewrittenComponents components)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        Add(hash, Toolkit.Version, context.Options.AllowTags.ToString(), context.Project.CoerceCustomTypes.ToString());
        foreach (var component in components.Components)
        {
            Add(hash, component.Component, component.Sha256.ToString(), component.Image?.ToString() ?? "");
        }

        foreach (var source in context.Project.Pipelines.Values)
        {
            Add(hash, source.Name, source.Compiler, source.Command ?? "");
        }

        foreach (var file in context.Project.Pipelines.Values.SelectMany(Files).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal))
        {
            Add(hash, Path.GetRelativePath(context.Project.Root, file), Digest.Of(File.ReadAllBytes(file)).ToString());
        }

        return Digest.FromHash(hash.GetHashAndReset()).ToString();
    }

    // A .csproj takes in what lies in folders below it, too.
    private static IEnumerable<string> Files(PipelineSource source)
    {
        var folder = Path.GetDirectoryName(source.Source)!;
        var below = Path.GetExtension(source.Source) == ".csproj" ? Directory.EnumerateDirectories(folder).Where(one => Path.GetFileName(one) is not ("bin" or "obj")) : [];
        return below.SelectMany(one => Directory.EnumerateFiles(one, "*.cs", SearchOption.AllDirectories)).Concat(Directory.EnumerateFiles(folder));
    }

    private static void Add(IncrementalHash hash, params ReadOnlySpan<string> parts)
    {
        foreach (var part in parts)
        {
            hash.AppendData(Encoding.UTF8.GetBytes(part));
            hash.AppendData([0]);
        }
    }
}

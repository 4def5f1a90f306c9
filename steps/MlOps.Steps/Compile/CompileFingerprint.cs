using System.Security.Cryptography;
using System.Text;
using MlOps.Core.Images;

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

        foreach (var folder in context.Project.Pipelines.Values.Select(source => Path.GetDirectoryName(source.Source)!).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal))
        {
            foreach (var file in Directory.EnumerateFiles(folder).Order(StringComparer.Ordinal))
            {
                Add(hash, Path.GetRelativePath(context.Project.Root, file), Digest.Of(File.ReadAllBytes(file)).ToString());
            }
        }

        return Digest.FromHash(hash.GetHashAndReset()).ToString();
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

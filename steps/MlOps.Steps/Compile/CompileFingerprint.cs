using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;
using MlOps.Core.Images;
using MlOps.Steps.Project;

namespace MlOps.Steps.Compile;

/// <summary>What the compiled pipelines depend on: the toolkit, the sources and whatever lies beside them, and the pinned component files.</summary>
internal static class CompileFingerprint
{
    public static string Of(DeliveryContext context, RewrittenComponents components, ImmutableDictionary<string, string?> references)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        Add(hash, Toolkit.Version, context.Options.AllowTags.ToString(), context.Project.CoerceCustomTypes.ToString());
        foreach (var component in components.Components)
        {
            Add(hash, component.Component, component.Sha256.ToString(), component.Image?.ToString() ?? "");
        }

        foreach (var (reference, content) in references.OrderBy(pair => pair.Key, StringComparer.Ordinal))
        {
            Add(hash, reference, content ?? "");
        }

        foreach (var source in context.Project.Pipelines.Values)
        {
            Add(hash, source.Name, source.Compiler, source.Command ?? "");
        }

        foreach (var file in context.Project.Pipelines.Values.SelectMany(source => Files(context.Project, source)).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal))
        {
            Add(hash, Path.GetRelativePath(context.Project.Root, file), Digest.Of(File.ReadAllBytes(file)).ToString());
        }

        return Digest.FromHash(hash.GetHashAndReset()).ToString();
    }

    // What lies beside the source; and all code of the repo that a pipeline which is a program may take in.
    private static IEnumerable<string> Files(ProjectFile project, PipelineSource source)
    {
        var code = source.Compiler switch
        {
            "kfp" or "tfx" or "command" => Below(project.Root, "*.py"),
            "csharp" when Path.GetExtension(source.Source) == ".csproj" => Below(Path.GetDirectoryName(source.Source)!, "*.cs"),
            _ => [],
        };
        return code.Concat(Directory.EnumerateFiles(Path.GetDirectoryName(source.Source)!));
    }

    private static IEnumerable<string> Below(string folder, string pattern) =>
        Overlay.Folders(folder).SelectMany(inner => Below(inner, pattern)).Concat(Directory.EnumerateFiles(folder, pattern));

    private static void Add(IncrementalHash hash, params ReadOnlySpan<string> parts)
    {
        foreach (var part in parts)
        {
            hash.AppendData(Encoding.UTF8.GetBytes(part));
            hash.AppendData([0]);
        }
    }
}

using System.Collections.Immutable;
using MlOps.Core.Images;

namespace MlOps.Pipelines;

/// <summary>What compiling depends on beside the definition's file.</summary>
public sealed record CompileOptions
{
    internal static CompileOptions None { get; } = new();

    /// <summary>Where <c>component: NAME</c> is looked for; null: the nearest <c>components/</c> upwards from the definition.</summary>
    public string? ComponentsFolder { get; init; }

    /// <summary>Images need not be pinned by digest.</summary>
    public bool AllowTags { get; init; }

    /// <summary>
    /// The file to read in place of a component's own, given the full path of that; the same path for those that have none.
    /// Problems still name the component's own file, so the two should differ in nothing but the image.
    /// </summary>
    public Func<string, string>? ReadInstead { get; init; }

    /// <summary>
    /// What <c>component: https://…</c> names, by the reference as it is written; null where it could not be had, which was said. The
    /// compiler itself fetches nothing: <see cref="Definitions.References"/> finds them.
    /// </summary>
    public ImmutableDictionary<string, string?> References { get; init; } = ImmutableDictionary<string, string?>.Empty;

    /// <summary>Definitions that are at hand already, by their full path: they are not read from files.</summary>
    internal ImmutableDictionary<string, string> Definitions { get; init; } = ImmutableDictionary<string, string>.Empty;

    /// <summary>Images to compile in place of those in the component files, by the component's folder name.</summary>
    public ImmutableDictionary<string, ImageReference> Images { get; init; } = ImmutableDictionary<string, ImageReference>.Empty;

    /// <summary>Inputs of v1 components with no type or one of the author's own that are used by value are strings (<c>--coerce-custom-types</c>).</summary>
    public bool CoerceCustomTypes { get; init; }
}

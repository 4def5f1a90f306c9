using System.Collections.Immutable;

namespace MlOps.Containers.Build;

/// <summary>An image to be built.</summary>
/// <param name="Context">Full path of the folder that is sent to the engine, less what <c>.dockerignore</c> leaves out.</param>
/// <param name="Dockerfile">Full path; in the folder or elsewhere.</param>
public sealed record ImageBuild(string Context, string Dockerfile)
{
    /// <summary>The stage to build; null for the last one.</summary>
    public string? Target { get; init; }

    /// <summary>Build arguments (<c>ARG</c>); <see cref="ImageTime.Argument"/> is added where it is not among them.</summary>
    public ImmutableSortedDictionary<string, string> Arguments { get; init; } = ImmutableSortedDictionary.Create<string, string>(StringComparer.Ordinal);

    /// <summary>Names that the image gets on the engine, <c>NAME:TAG</c>.</summary>
    public ImmutableArray<string> Tags { get; init; } = [];

    /// <summary>The same whatever the host (design.md, rule 12).</summary>
    public string Platform { get; init; } = "linux/amd64";

    /// <summary>The network of <c>RUN</c> lines: null or <c>default</c>, <c>none</c>, <c>host</c>, or a network of the engine's (classic builder only).</summary>
    public string? Network { get; init; }

    /// <summary>By id, for <c>RUN --mount=type=secret,id=ID</c>; BuildKit only. They reach neither the image nor the log.</summary>
    public ImmutableSortedDictionary<string, ImmutableArray<byte>> Secrets { get; init; } = ImmutableSortedDictionary.Create<string, ImmutableArray<byte>>(StringComparer.Ordinal);

    /// <summary>Nothing is taken from the engine's build cache.</summary>
    public bool NoCache { get; init; }
}

/// <param name="ImageId"><c>sha256:…</c>, the image's id on the engine.</param>
/// <param name="Log">Every line of the builder's output.</param>
public sealed record ImageBuildResult(string ImageId, ImmutableArray<string> Log);

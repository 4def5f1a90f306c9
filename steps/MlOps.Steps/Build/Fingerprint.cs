using System.Buffers;
using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;
using MlOps.Containers.Build;
using MlOps.Core.Problems;

namespace MlOps.Steps.Build;

/// <summary>
/// What an image is found again by, on any worker: SHA-256, in hexadecimal, over everything that goes into it
/// (docs/decisions/0004-input-fingerprints.md). The commit and the time are no inputs (design.md, rule 13), and secrets are none either.
/// </summary>
public static partial class Fingerprint
{
    /// <summary>Changed when the toolkit begins to build differently from the same inputs.</summary>
    private const string Format = "mlops-inputs/1";

    private const int Whole = 256 * 1024;

    /// <summary>The part that the checkout decides: files, Dockerfile, arguments. Reads every file.</summary>
    /// <exception cref="InvalidInputException">A file cannot be read.</exception>
    public static ImmutableArray<byte> OfContent(ComponentInputs inputs)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        Add(hash, "recipe", (inputs.Recipe ?? []).AsSpan());
        foreach (var (name, value) in inputs.Arguments)
        {
            Add(hash, "argument", name);
            Add(hash, "value", value);
        }

        foreach (var file in inputs.Files)
        {
            Add(hash, file.LinkTarget is not null ? "link" : file.IsExecutable ? "executable" : "file", file.Path);
            AddContent(hash, inputs, file);
        }

        return [.. hash.GetHashAndReset()];
    }

    /// <summary>With what lies outside of the checkout: base images, and the images of other components.</summary>
    /// <param name="content">Of <see cref="OfContent"/>.</param>
    /// <param name="identity">A base image's identity by its name.</param>
    /// <param name="fingerprint">Another component's fingerprint by its name.</param>
    public static string Of(ComponentInputs inputs, ImmutableArray<byte> content, Func<string, string> identity, Func<string, string> fingerprint)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        Add(hash, "format", Format);
        Add(hash, "platform", "linux/amd64");
        Add(hash, "content", content.AsSpan());
        foreach (var name in inputs.Bases)
        {
            Add(hash, "base", name);
            Add(hash, "identity", identity(name));
        }

        foreach (var name in inputs.Components)
        {
            Add(hash, "component", name);
            Add(hash, "fingerprint", fingerprint(name));
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    private static void AddContent(IncrementalHash hash, ComponentInputs inputs, ContextFile file)
    {
        if (file.LinkTarget is { } target)
        {
            Add(hash, "target", target);
            return;
        }

        using var stream = file.Open();
        if (file.FullPath == inputs.Component.ComponentFile)
        {
            Add(hash, "component", WithoutImage(stream));
            return;
        }

        Frame(hash, "content", stream.Length);
        AddBytes(hash, stream);
    }

    private static void AddBytes(IncrementalHash hash, FileStream stream)
    {
        var buffer = ArrayPool<byte>.Shared.Rent((int)Math.Clamp(stream.Length, 1, Whole));
        try
        {
            for (var read = stream.Read(buffer); read > 0; read = stream.Read(buffer))
            {
                hash.AppendData(buffer, 0, read);
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    // The image that component.yaml names is a result of building: after 'rewrite --in-place' it must not cause the next build.
    private static string WithoutImage(FileStream stream)
    {
        using var reader = new StreamReader(stream);
        return Image().Replace(reader.ReadToEnd(), "image:");
    }

    private static void Add(IncrementalHash hash, string kind, string text) => Add(hash, kind, Encoding.UTF8.GetBytes(text));

    private static void Add(IncrementalHash hash, string kind, ReadOnlySpan<byte> bytes)
    {
        Frame(hash, kind, bytes.Length);
        hash.AppendData(bytes);
    }

    // Lengths in front keep two different lists of inputs from giving the same bytes.
    private static void Frame(IncrementalHash hash, string kind, long length) => hash.AppendData(Encoding.UTF8.GetBytes($"{kind} {length}\n"));

    [GeneratedRegex("""(?<![\w-])image["']?[ \t]*:[ \t]*(?:"[^"\n]*"|'[^'\n]*'|[^\s,}]+)(?:[ \t]+\# tag: \S+)?""", RegexOptions.CultureInvariant)]
    private static partial Regex Image();
}

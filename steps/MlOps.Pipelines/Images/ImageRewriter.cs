using System.Collections.Immutable;
using MlOps.Core.Images;
using MlOps.Core.Problems;
using MlOps.Core.Yaml;
using MlOps.Pipelines.Components;

namespace MlOps.Pipelines.Images;

/// <summary>
/// Puts an image's name into a component file: v1 <c>implementation.container.image</c>, or in compiled files
/// <c>deploymentSpec.executors.*.container.image</c>. Only the bytes of that scalar change, whatever its style; comments,
/// order, quotes, anchors, line ends and encoding stay. A tag is kept as the comment <c># tag: TAG</c> at the end of the
/// scalar's line, which a later rewrite replaces; where a comment cannot stand (JSON, before the end of a flow map, a scalar
/// of several lines) there is none.
/// </summary>
public static class ImageRewriter
{
    /// <param name="path">For the problems' places.</param>
    /// <param name="content">The file's bytes, in UTF-8, or in UTF-16 with a byte order mark.</param>
    /// <param name="image">The name to put in, usually pinned by digest.</param>
    /// <param name="tag">The tag to keep as a comment; null removes the comment of an earlier rewrite.</param>
    /// <param name="problems">Receives what is wrong with the file.</param>
    /// <returns>The rewritten bytes; null, with a problem, where the file cannot be read or has no such image.</returns>
    public static byte[]? Rewrite(string path, byte[] content, ImageReference image, string? tag, ICollection<Problem> problems)
    {
        var found = new List<Problem>();
        var rewritten = TextEncoding.Read(path, content, found) is { } text && Images(path, text.Text, image, found) is { IsEmpty: false } entries
            ? Edit(content, text, entries, image, tag)
            : null;
        foreach (var problem in found)
        {
            problems.Add(problem);
        }

        return rewritten;
    }

    private static byte[] Edit(byte[] content, TextEncoding text, ImmutableArray<YamlEntry> entries, ImageReference image, string? tag)
    {
        var edits = new SortedDictionary<int, (int Length, string New)>();
        foreach (var entry in entries)
        {
            var scalar = ImageScalar.Of(text.Text, entry);
            edits[scalar.Start] = (scalar.Length, image.ToString());
            if (entry.Key.Plain && TagComment.At(text.Text, scalar, tag) is { } comment)
            {
                edits[comment.Start] = (comment.Length, comment.New);
            }
        }

        using var result = new MemoryStream(content.Length + (edits.Count * 80));
        var done = 0;
        foreach (var (start, (length, replacement)) in edits)
        {
            var from = text.Offset(start);
            result.Write(content, done, from - done);
            result.Write(text.Encoding.GetBytes(replacement));
            done = text.Offset(start + length);
        }

        result.Write(content, done, content.Length - done);
        return result.ToArray();
    }

    private static ImmutableArray<YamlEntry> Images(string path, string text, ImageReference image, List<Problem> problems)
    {
        var documents = YamlText.ParseAll(path, text, problems);
        if (documents.Length == 0 || documents[0] is not YamlMap map)
        {
            if (problems.Count == 0)
            {
                problems.Add(Problem.Error("wrong-kind", "A component file must hold a map.", new SourceSpot(path, 1, 1)));
            }

            return [];
        }

        var executors = Map(Map(map, "deploymentSpec"), "executors");
        var entries = executors is null ? V1Image(map) : IrImages(map, executors, image);
        if (entries.IsEmpty)
        {
            problems.Add(Problem.Error("no-image", executors is null
                ? "The file has no implementation.container.image to put the image into."
                : $"No executor of the file has an image that is certainly {image.Name}: there are several, and neither the component's name nor the image's tells which.", map.Spot));
        }

        return entries;
    }

    private static ImmutableArray<YamlEntry> V1Image(YamlMap file) => Image(Map(Map(file, "implementation"), "container")) is { } image ? [image] : [];

    // The component's own executor; else all, if they share one image; else those whose image has the same name.
    private static ImmutableArray<YamlEntry> IrImages(YamlMap file, YamlMap executors, ImageReference image)
    {
        var all = executors.Entries.Select(entry => Image(Map(entry.Value as YamlMap, "container"))).OfType<YamlEntry>().ToImmutableArray();
        if (all.Select(Text).Distinct(StringComparer.Ordinal).Count() <= 1)
        {
            return all;
        }

        var name = (Map(file, "pipelineInfo")?["name"] as YamlScalar)?.Text ?? "";
        if (Image(Map(Map(executors, Names.ExecutorPrefix + Names.Kubernetes(name)), "container")) is { } own)
        {
            return [own];
        }

        return [.. all.Where(entry => ImageReference.TryParse(Text(entry), out var written) && (written.Name == image.Name || LastPart(written) == LastPart(image)))];
    }

    private static YamlEntry? Image(YamlMap? container) => container?.Entries.FirstOrDefault(entry => entry is { Key.Text: "image", Value: YamlScalar });

    private static YamlMap? Map(YamlMap? map, string key) => map?[key] as YamlMap;

    private static string Text(YamlEntry entry) => ((YamlScalar)entry.Value).Text;

    private static string LastPart(ImageReference image) => image.Path[(image.Path.LastIndexOf('/') + 1)..];
}

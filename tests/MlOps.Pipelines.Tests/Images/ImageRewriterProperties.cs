using System.Text;
using CsCheck;
using MlOps.Core.Images;
using MlOps.Core.Problems;
using MlOps.Core.Yaml;
using MlOps.Pipelines.Images;

namespace MlOps.Pipelines.Tests.Images;

/// <summary>Whatever the style of the file, only the image's scalar changes, and the file says what it said before, but for the image.</summary>
public sealed class ImageRewriterProperties
{
    private static readonly ImageReference Pinned = ImageReference.Parse("reg.example:5000/ml/train@sha256:" + new string('b', 64));

    private static readonly Gen<string> Comment = Gen.OneOf("", "  # plain", "  # grüße 😀 'quoted' \"too\"", "  #", "\t# tab", "  # tag: not ours");

    private static readonly Gen<string> Image = Gen.OneOf("reg/x:1", "x", "reg.io:80/a/b@sha256:" + new string('c', 64), "a/b_c-d.e:v1.2-3");

    /// <summary>The spelling of a scalar: what stands before and after the characters of its value.</summary>
    private static readonly Gen<(string Before, string After)> Style = Gen.OneOf(
        ("", ""), ("'", "'"), ("\"", "\""), ("&a ", ""), ("!!str ", ""), ("!!str &a '", "'"), ("&a !!str \"", "\""), ("  ", "  "), ("|-\n      ", ""), (">\n      ", "\n"), ("\n      ", ""));

    private static readonly Gen<string> Key = Gen.OneOf("image: ", "image:   ", "\"image\": ", "'image': ", "? image\n    : ");

    private static readonly Gen<string> Sibling = Gen.OneOf("", "    args: [a, 'b # c', \"d\"]\n", "    # image: commented\n", "    env: {IMAGE: 'image: x'}\n", "    command:\n    - |\n      image: y  # tag: z\n      echo\n", "\n\n");

    private static readonly Gen<string> Head = Gen.OneOf("", "# image: top\n", "---\n", "name: 'x: image'\n", "description: |\n  image: not this\n\n", "metadata: {annotations: {image: nor this}}\n");

    private static readonly Gen<(string File, string Expected)> Files =
        from head in Head
        from key in Key
        from style in Style
        from image in Image
        from comment in Comment
        from before in Sibling
        from after in Sibling
        from crlf in Gen.Bool
        let start = $"{head}implementation:\n  container:\n{(before == after ? "" : before)}    {key}{style.Before}"
        let end = $"{style.After}{(style.Before.Contains('\n', StringComparison.Ordinal) ? "" : comment)}\n{after}"
        select (Lines(start + image + end, crlf), Lines(start + Pinned + end, crlf));

    [Fact]
    public void Nothing_but_the_images_characters_changes() =>
        Files.Sample(file => Assert.Equal(file.Expected, Rewrite(file.File, tag: null)), iter: 1000);

    [Fact]
    public void Encoding_and_byte_order_mark_survive() =>
        Gen.Select(Files, Gen.OneOf<Encoding>(new UTF8Encoding(true), new UTF8Encoding(false), new UnicodeEncoding(false, true), new UnicodeEncoding(true, true))).Sample(
            (file, encoding) =>
            {
                byte[] Bytes(string text) => [.. encoding.GetPreamble(), .. encoding.GetBytes(text)];
                Assert.Equal(Bytes(file.Expected), ImageRewriter.Rewrite("c.yaml", Bytes(file.File), Pinned, tag: null, []));
            },
            iter: 1000);

    [Fact]
    public void With_a_tag_the_file_says_the_same_and_a_second_rewrite_leaves_no_trace_of_the_first() =>
        Files.Sample(
            file =>
            {
                var tagged = Rewrite(file.File, "v1");

                Assert.Equal(Meaning(file.Expected), Meaning(tagged));
                Assert.Equal(Rewrite(file.File, "v2"), Rewrite(tagged, "v2"));
                Assert.Equal(file.Expected, Rewrite(tagged, tag: null));
            },
            iter: 1000);

    [Fact]
    public void Any_bytes_are_rewritten_or_refused_but_nothing_is_thrown() =>
        Gen.Select(Files, Gen.Byte.Array[0, 4], Gen.Double[0, 1]).Sample(
            (file, noise, where) =>
            {
                var bytes = Encoding.UTF8.GetBytes(file.File);
                var at = (int)(where * (bytes.Length - noise.Length));
                noise.CopyTo(bytes, Math.Max(at, 0));
                var problems = new List<Problem>();

                Assert.True(ImageRewriter.Rewrite("c.yaml", bytes, Pinned, "v1", problems) is not null || problems.Count > 0);
            },
            iter: 1000);

    private static string Lines(string text, bool crlf) => crlf ? text.Replace("\n", "\r\n", StringComparison.Ordinal) : text;

    private static string Rewrite(string file, string? tag)
    {
        var problems = new List<Problem>();
        var bytes = ImageRewriter.Rewrite("c.yaml", Encoding.UTF8.GetBytes(file), Pinned, tag, problems);
        Assert.Empty(problems);
        return Encoding.UTF8.GetString(bytes!);
    }

    private static string Meaning(string file)
    {
        return string.Join('|', YamlText.ParseAll("c.yaml", file, []).Select(Flat));

        static string Flat(YamlNode node) => node switch
        {
            YamlMap map => $"{{{string.Join(",", map.Entries.Select(entry => $"{entry.Key.Text}:{Flat(entry.Value)}"))}}}",
            YamlList list => $"[{string.Join(",", list.Items.Select(Flat))}]",
            _ => $"<{((YamlScalar)node).Text.Trim()}>",
        };
    }
}

using System.Text;
using MlOps.Core.Images;
using MlOps.Core.Problems;
using MlOps.Pipelines.Images;

namespace MlOps.Pipelines.Tests.Images;

public sealed class ImageRewriterTests
{
    private const string Pinned = "reg.example/ml/train@sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";

    [Theory]
    [InlineData("image: reg/train:1", "image: IMAGE")]
    [InlineData("image: reg/train:1  # mine", "image: IMAGE  # mine")]
    [InlineData("image: 'reg/train:1'", "image: 'IMAGE'")]
    [InlineData("image: \"reg\\x2ftrain\"", "image: \"IMAGE\"")]
    [InlineData("image: &img reg/train:1", "image: &img IMAGE")]
    [InlineData("image: !!str reg/train:1 ", "image: !!str IMAGE ")]
    [InlineData("image:   reg/train:1\t", "image:   IMAGE\t")]
    [InlineData("image:\n      reg/train:1", "image:\n      IMAGE")]
    [InlineData("image: |-\n      reg/train:1", "image: |-\n      IMAGE")]
    [InlineData("image: >\n      reg/train:1\n\n", "image: >\n      IMAGE\n\n")]
    [InlineData("\"image\": reg/train:1", "\"image\": IMAGE")]
    [InlineData("? image\n    : reg/train:1", "? image\n    : IMAGE")]
    public void Only_the_image_changes(string before, string after)
    {
        var file = $"# top\nname: train\nimplementation:\n  container:\n    {before}\n    args: [a]\n";

        Assert.Equal(file.Replace(before, after.Replace("IMAGE", Pinned, StringComparison.Ordinal), StringComparison.Ordinal), Rewrite(file));
    }

    [Fact]
    public void A_flow_map_stays_one()
    {
        Assert.Equal(
            $"implementation: {{container: {{image: {Pinned}, args: [x]}}}}\n",
            Rewrite("implementation: {container: {image: reg/train:1, args: [x]}}\n", "v1"));
    }

    [Fact]
    public void An_alias_is_replaced_where_it_stands()
    {
        const string file = "metadata: {labels: {image: &i reg/x:1}}\nimplementation:\n  container:\n    image: *i\n";

        Assert.Equal(file.Replace("*i", Pinned, StringComparison.Ordinal), Rewrite(file));
    }

    [Theory]
    [InlineData("utf-8", false)]
    [InlineData("utf-8", true)]
    [InlineData("utf-16", true)]
    [InlineData("utf-16BE", true)]
    public void Line_ends_encoding_and_byte_order_mark_survive(string encoding, bool mark)
    {
        var code = Encoding.GetEncoding(encoding);
        byte[] Bytes(string text) => [.. mark ? code.GetPreamble() : [], .. code.GetBytes(text)];
        const string file = "# grüße 😀\r\nimplementation:\r\n  container:\r\n    image: 'reg/train:1'\r\n    args: ['ß']\r\n";

        var rewritten = ImageRewriter.Rewrite("c.yaml", Bytes(file), ImageReference.Parse(Pinned), tag: null, []);

        Assert.Equal(Bytes(file.Replace("reg/train:1", Pinned, StringComparison.Ordinal)), rewritten);
    }

    [Fact]
    public void A_tag_is_kept_as_a_comment_that_is_replaced_and_never_piles_up()
    {
        const string file = "implementation:\n  container:\n    image: reg/train:1  # mine\n    args: [a]\n";

        var once = Rewrite(file, "abc")!;
        Assert.Equal(file.Replace("reg/train:1  # mine", Pinned + "  # mine  # tag: abc", StringComparison.Ordinal), once);
        Assert.EndsWith("# mine  # tag: def", Rewrite(once, "def")!.Split('\n')[2], StringComparison.Ordinal);
        Assert.Equal(Rewrite(file), Rewrite(once));
    }

    [Fact]
    public void JSON_gets_no_comment()
    {
        const string file = "{\"deploymentSpec\": {\"executors\": {\"exec-a\": {\"container\": {\n\"image\": \"reg/train:1\"\n}}}}}";

        Assert.Equal(file.Replace("reg/train:1", Pinned, StringComparison.Ordinal), Rewrite(file, "abc"));
    }

    [Fact]
    public void Of_several_executors_only_the_one_with_the_images_name_changes()
    {
        const string file = "deploymentSpec:\n  executors:\n    exec-a:\n      container: {image: other/train}\n    exec-b:\n      container: {image: reg/else}\n";

        Assert.Equal(file.Replace("other/train", Pinned, StringComparison.Ordinal), Rewrite(file));
    }

    [Fact]
    public void A_file_without_an_image_is_a_problem()
    {
        var problems = new List<Problem>();

        Assert.Null(ImageRewriter.Rewrite("c.yaml", "implementation: {}"u8.ToArray(), ImageReference.Parse(Pinned), null, problems));
        Assert.Equal("no-image", Assert.Single(problems).Code);
    }

    private static string? Rewrite(string file, string? tag = null)
    {
        var problems = new List<Problem>();
        var bytes = ImageRewriter.Rewrite("c.yaml", Encoding.UTF8.GetBytes(file), ImageReference.Parse(Pinned), tag, problems);
        Assert.Empty(problems);
        return bytes is null ? null : Encoding.UTF8.GetString(bytes);
    }
}

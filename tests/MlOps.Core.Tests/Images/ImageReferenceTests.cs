using CsCheck;
using MlOps.Core.Images;

namespace MlOps.Core.Tests.Images;

public sealed class ImageReferenceTests
{
    private const string Hex = "sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";

    [Theory]
    [InlineData("busybox", "", "busybox", null)]
    [InlineData("busybox:1.36", "", "busybox", "1.36")]
    [InlineData("library/busybox:1.36", "", "library/busybox", "1.36")]
    [InlineData("localhost/x", "localhost", "x", null)]
    [InlineData("127.0.0.1:5000/us-central1/p/r/i:t", "127.0.0.1:5000", "us-central1/p/r/i", "t")]
    [InlineData("us-central1-docker.pkg.dev/p/r/i:v1", "us-central1-docker.pkg.dev", "p/r/i", "v1")]
    public void A_name_is_taken_apart(string text, string host, string path, string? tag)
    {
        var image = ImageReference.Parse(text);
        Assert.Equal((host, path, tag), (image.Host, image.Path, image.Tag));
        Assert.Equal(text, image.ToString());
    }

    [Fact]
    public void A_pinned_name_loses_its_tag()
    {
        var pinned = ImageReference.Parse("gcr.io/p/i:v1").Pinned(Digest.Parse(Hex));
        Assert.Equal("gcr.io/p/i@" + Hex, pinned.ToString());
        Assert.True(pinned.IsPinned);
        Assert.Equal(pinned, ImageReference.Parse(pinned.ToString()));
    }

    [Theory]
    [InlineData("")]
    [InlineData("Busybox")]
    [InlineData("a b")]
    [InlineData("x@sha256:12")]
    [InlineData("x@md5:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef")]
    [InlineData("host.io/")]
    [InlineData("x:")]
    public void What_is_no_reference_is_refused(string text) => Assert.False(ImageReference.TryParse(text, out _));

    [Fact]
    public void A_digest_says_what_it_expects() =>
        Assert.Contains("64 lower-case hexadecimal digits", Assert.Throws<FormatException>(() => Digest.Parse("sha256:XYZ")).Message);

    [Fact]
    public void Digests_survive_text() =>
        Gen.Byte.Array.Sample(bytes => Digest.Parse(Digest.Of(bytes).ToString()) == Digest.Of(bytes));
}

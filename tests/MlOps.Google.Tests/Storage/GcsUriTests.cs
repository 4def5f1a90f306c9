using MlOps.Google.Storage;

namespace MlOps.Google.Tests.Storage;

public sealed class GcsUriTests
{
    [Theory]
    [InlineData("gs://acme-ml/root", "acme-ml", "root")]
    [InlineData("gs://acme-ml/root/", "acme-ml", "root/")]
    [InlineData("gs://acme-ml/", "acme-ml", "")]
    [InlineData("gs://acme-ml", "acme-ml", "")]
    [InlineData("gs://acme.example/a//b?c#d", "acme.example", "a//b?c#d")]
    public void An_address_has_a_bucket_and_a_name(string text, string bucket, string name) => Assert.Equal(new GcsUri(bucket, name), GcsUri.Parse(text));

    [Theory]
    [InlineData("")]
    [InlineData("gs://")]
    [InlineData("gs://ab/x")]
    [InlineData("gs://Acme/x")]
    [InlineData("https://acme-ml/x")]
    [InlineData("gs:/acme-ml/x")]
    public void What_is_none_is_refused(string text) => Assert.Contains("gs://BUCKET/NAME", Assert.Throws<FormatException>(() => GcsUri.Parse(text)).Message, StringComparison.Ordinal);

    [Fact]
    public void A_name_below_is_joined_by_one_slash()
    {
        Assert.Equal("gs://acme/root/a", GcsUri.Parse("gs://acme/root/").Below("a").ToString());
        Assert.Equal("gs://acme/root/a", GcsUri.Parse("gs://acme/root").Below("a").ToString());
        Assert.Equal("gs://acme/a", GcsUri.Parse("gs://acme").Below("a").ToString());
    }
}

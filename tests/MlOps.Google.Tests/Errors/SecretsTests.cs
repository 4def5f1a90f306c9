using MlOps.Google.Errors;

namespace MlOps.Google.Tests.Errors;

public sealed class SecretsTests
{
    [Theory]
    [InlineData("Authorization: Bearer abcdefgh123 was refused", "Authorization: Bearer [removed] was refused")]
    [InlineData("basic dXNlcjpwYXNz", "basic [removed]")]
    [InlineData("""{"access_token":"abc","x":1}""", """{"access_token":"[removed]","x":1}""")]
    [InlineData("password=hunter2&user=ada", "password=[removed]&user=ada")]
    [InlineData("https://ada:hunter2@registry.example/v2/", "https://[removed]@registry.example/v2/")]
    [InlineData("token ya29.a0Af_H-x is old", "token [removed] is old")]
    [InlineData("https://store.example/blob?X-Goog-Signature=abc123&x=1", "https://store.example/blob?X-Goog-Signature=[removed]&x=1")]
    [InlineData("the bearer of bad news", "the bearer of bad news")]
    [InlineData("password authentication failed", "password authentication failed")]
    [InlineData("sha256:4355a46b19d348dc2f57c046f8ef63d4538ebb936000f3c9ee954a27460dd865", "sha256:4355a46b19d348dc2f57c046f8ef63d4538ebb936000f3c9ee954a27460dd865")]
    public void Credentials_go_and_the_rest_stays(string text, string expected) => Assert.Equal(expected, Secrets.Removed(text));

    [Fact]
    public void What_was_sent_is_removed_in_any_form()
    {
        using var request = new HttpRequestMessage();
        request.Headers.TryAddWithoutValidation("Authorization", "Basic " + Convert.ToBase64String("ada:x-y-z"u8.ToArray()));
        Assert.Equal("you sent [removed], that is [removed]", Secrets.Removed("you sent YWRhOngteS16, that is x-y-z", request));
    }
}

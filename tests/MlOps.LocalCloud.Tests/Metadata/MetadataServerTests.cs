using System.Buffers.Text;
using System.Text.Json.Nodes;

namespace MlOps.LocalCloud.Tests.Metadata;

public sealed class MetadataServerTests(TestCloud cloud) : IClassFixture<TestCloud>
{
    private const string Root = "/computeMetadata/v1";

    [Theory]
    [InlineData("project/project-id", "^local$")]
    [InlineData("project/numeric-project-id", "^[0-9]{12}$")]
    [InlineData("instance/zone", "^projects/[0-9]{12}/zones/us-central1-a$")]
    [InlineData("instance/service-accounts/", "@cloudbuild.gserviceaccount.com/\ndefault/\n$")]
    [InlineData("instance/service-accounts/default/", "^aliases\nemail\nscopes\n$")]
    [InlineData("instance/service-accounts/default/email", "^[0-9]{12}@cloudbuild.gserviceaccount.com$")]
    [InlineData("instance/service-accounts/default/scopes", "^https://www.googleapis.com/auth/cloud-platform\n$")]
    [InlineData("instance/service-accounts/default/aliases", "^default\n$")]
    [InlineData("universe/universe-domain", "^googleapis.com$")]
    public async Task Leaves_are_texts_and_folders_list_what_is_in_them(string path, string expected)
    {
        var answer = (await AskAsync(path)).Ok();
        Assert.Matches(expected, answer.Text);
        Assert.Equal("Google", answer.Headers["Metadata-Flavor"]);
    }

    [Fact]
    public async Task Only_who_says_the_header_is_answered()
    {
        Assert.Equal(403, (await cloud.GetAsync($"{Root}/project/project-id")).Status);
        Assert.Equal(403, (await cloud.GetAsync($"{Root}/project/project-id", ("Metadata-Flavor", "google"))).Status);
        Assert.Equal(403, (await cloud.GetAsync($"{Root}/project/project-id", ("Metadata-Flavor", "Google"), ("X-Forwarded-For", "10.0.0.1"))).Status);
        Assert.Equal(404, (await AskAsync("project/nothing")).Status);
        Assert.Equal(404, (await AskAsync("project/project-id/below")).Status);
        Assert.Equal("Google", (await cloud.GetAsync("/", ("Metadata-Flavor", "Google"))).Ok().Headers["Metadata-Flavor"]);
        Assert.Equal(501, (await cloud.GetAsync("/")).Status);
    }

    [Fact]
    public async Task A_folder_is_told_as_a_whole()
    {
        var account = (await AskAsync("instance/service-accounts/default/?recursive=true")).Ok().Json;
        Assert.Equal("""["default"]""", account["aliases"]!.ToJsonString());
        var project = (await AskAsync("project/?recursive=true")).Ok().Json;
        Assert.Equal(("local", System.Text.Json.JsonValueKind.Number), (project["projectId"]!.ToString(), project["numericProjectId"]!.GetValueKind()));
    }

    [Fact]
    public async Task A_token_is_opaque_and_ends()
    {
        var token = (await AskAsync("instance/service-accounts/default/token?scopes=x")).Ok();
        Assert.Equal("Bearer", token["token_type"]);
        Assert.InRange(token.Json["expires_in"]!.GetValue<int>(), 60, 3600);
        Assert.NotEqual(token["access_token"], (await AskAsync("instance/service-accounts/default/token")).Ok()["access_token"]);
        Assert.Equal(404, (await AskAsync("instance/service-accounts/somebody@else/token")).Status);
    }

    [Fact]
    public async Task An_identity_names_its_audience_and_is_not_signed()
    {
        var parts = (await AskAsync("instance/service-accounts/default/identity?audience=https://a.example&format=full")).Ok().Text.Split('.');
        Assert.Equal(3, parts.Length);
        Assert.Equal("https://a.example", Decoded(parts[1])["aud"]!.ToString());
        Assert.Equal(("none", ""), (Decoded(parts[0])["alg"]!.ToString(), parts[2]));
        Assert.Equal(400, (await AskAsync("instance/service-accounts/default/identity")).Status);
    }

    private static JsonNode Decoded(string part) => JsonNode.Parse(Base64Url.DecodeFromChars(part))!;

    private Task<Answer> AskAsync(string path) => cloud.GetAsync($"{Root}/{path}", ("Metadata-Flavor", "Google"));
}

using System.Text.Json.Nodes;

namespace Register.Tests;

public sealed class ModelRecordTests : IDisposable
{
    private const string Uri = "gs://bucket/root/model";
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("register-");

    public void Dispose() => folder.Delete(recursive: true);

    [Fact]
    public void A_blessed_model_is_recorded_by_the_digest_of_its_bytes()
    {
        var record = Of("abc", """{"blessed": true, "overall": {"auc": 0.8}}""");

        // The sha256 of "abc" is the example of FIPS 180-2.
        Assert.Equal("ba7816bf8f01", record.Version);
        Assert.Equal("""{"name":"damage","blessed":true,"version":"ba7816bf8f01","description":"by trees","uri":"gs://bucket/root/model","sha256":"ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad","metrics":{"auc":0.8}}""", JsonNode.Parse(record.ToJson())!.ToJsonString());
    }

    [Fact]
    public void The_same_model_has_the_same_record() =>
        Assert.Equal(Of("abc", """{"blessed": true, "overall": {}}""").ToJson(), Of("abc", """{"blessed": true, "overall": {}}""").ToJson());

    [Fact]
    public void Of_a_model_that_is_not_blessed_only_that_is_recorded() =>
        Assert.Equal("""{"name":"damage","blessed":false}""", JsonNode.Parse(ModelRecord.NotBlessed("damage").ToJson())!.ToJsonString());

    [Theory]
    [InlineData("no json", "is not JSON")]
    [InlineData("{}", "no 'blessed'")]
    [InlineData("""{"blessed": "yes", "overall": {}}""", "no 'blessed'")]
    [InlineData("""{"blessed": false, "overall": {}}""", "not blessed")]
    public void Metrics_that_do_not_back_the_blessing_are_refused(string metrics, string message) =>
        Assert.Contains(message, Assert.Throws<InvalidDataException>(() => Of("abc", metrics)).Message, StringComparison.Ordinal);

    private ModelRecord Of(string model, string metrics) => ModelRecord.Of("damage", "by trees", Uri, Write("model", model), Write("metrics", metrics));

    private string Write(string name, string text)
    {
        var path = Path.Combine(folder.FullName, name);
        File.WriteAllText(path, text);
        return path;
    }
}

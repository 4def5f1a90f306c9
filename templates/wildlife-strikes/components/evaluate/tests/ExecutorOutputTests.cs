using System.Text.Json.Nodes;

namespace Evaluate.Tests;

public sealed class ExecutorOutputTests : IDisposable
{
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("evaluate-");

    public void Dispose() => folder.Delete(recursive: true);

    [Fact]
    public void The_artifact_keeps_its_name_and_address_and_gets_the_metadata()
    {
        var path = Path.Combine(folder.FullName, "new", "executor_output.json");
        var input = JsonNode.Parse("""{"outputs": {"artifacts": {"metrics": {"artifacts": [{"name": "metrics", "uri": "gs://b/metrics", "metadata": {"old": 1}}]}}}}""")!;
        input["outputs"]!["outputFile"] = path;

        ExecutorOutput.Write(input.ToJsonString(), "metrics", new Dictionary<string, double> { ["auc"] = 0.8 });

        var written = JsonNode.Parse(File.ReadAllText(path))!["artifacts"]!["metrics"]!["artifacts"]![0]!;
        Assert.Equal("gs://b/metrics", (string?)written["uri"]);
        Assert.Equal("""{"auc":0.8}""", written["metadata"]!.ToJsonString());
    }

    [Theory]
    [InlineData("not json")]
    [InlineData("""{"outputs": {}}""")]
    public void An_executor_input_without_the_artifact_is_refused(string input) =>
        Assert.Throws<InvalidDataException>(() => ExecutorOutput.Write(input, "metrics", new Dictionary<string, double>()));
}

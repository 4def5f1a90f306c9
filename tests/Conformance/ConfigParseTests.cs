using System.Text.Json.Nodes;
using MlOps.Cli.Tests;
using MlOps.Testing;

namespace MlOps.Conformance.Tests;

/// <summary><c>mlops config parse</c> against gcloud's answers, all files in one call.</summary>
public sealed class ConfigParseTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    [Fact]
    public async Task Every_file_of_the_corpus_is_accepted_or_refused_and_sent_as_by_gcloud()
    {
        var corpus = Shared.Path("corpus", "cloudbuild");
        var oracle = File.ReadLines(Path.Combine(corpus, "oracle.jsonl")).Select(line => JsonNode.Parse(line)!).ToArray();
        var answers = await ParseAsync(corpus, [.. oracle.Select(wanted => wanted["file"]!.GetValue<string>())]);
        VectorSet.AssertNone([.. oracle.Zip(answers).Where(pair => !IsSame(pair.First, pair.Second)).Select(pair => pair.Second.ToJsonString())]);
    }

    [Fact]
    public async Task Every_text_gives_the_build_or_the_error_that_gcloud_gives()
    {
        var cases = VectorSet.Read("yaml-strictness");
        var files = cases.Select(vector => $"{vector["id"]}.{vector["format"]}").ToArray();
        foreach (var (vector, file) in cases.Zip(files))
        {
            _folder.Write(file, vector["text"]!.GetValue<string>());
        }

        var answers = await ParseAsync(_folder.Path, files);
        VectorSet.AssertNone([.. cases.Zip(answers).Where(pair => !IsSame(pair.First, pair.Second)).Select(pair => pair.Second.ToJsonString())]);
    }

    public void Dispose() => _folder.Dispose();

    /// <summary>A line for each file, in their order; exit code 2 says that some were refused.</summary>
    private async Task<JsonNode[]> ParseAsync(string folder, string[] files)
    {
        var outcome = await new Mlops(folder, _folder.Path).RunAsync(["config", "parse", .. files]);
        Assert.Equal("", outcome.Errors);
        var answers = outcome.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonNode.Parse(line)!).ToArray();
        Assert.Equal(files, answers.Select(answer => answer["file"]!.GetValue<string>()));
        Assert.Equal(answers.All(answer => answer["ok"]!.GetValue<bool>()) ? 0 : 2, outcome.ExitCode);
        return answers;
    }

    private static bool IsSame(JsonNode wanted, JsonNode answer)
    {
        if (wanted["ok"]!.GetValue<bool>())
        {
            return answer["ok"]!.GetValue<bool>() && JsonNode.DeepEquals(wanted["build"], answer["build"]);
        }

        var (type, message) = (wanted["error_type"]!.GetValue<string>(), wanted["error"]!.GetValue<string>().Replace("FILE", answer["file"]!.GetValue<string>(), StringComparison.Ordinal));
        var told = message.EndsWith(": unused", StringComparison.Ordinal) || message.StartsWith("validating", StringComparison.Ordinal);
        var first = answer["errors"]?[0];
        return !answer["ok"]!.GetValue<bool>() && first!["type"]!.GetValue<string>() == type && (!told || first["message"]!.GetValue<string>() == message);
    }
}

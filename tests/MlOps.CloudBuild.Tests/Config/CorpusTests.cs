using System.Text.Json.Nodes;
using Google.Protobuf;
using MlOps.CloudBuild.Config;
using MlOps.Testing;

namespace MlOps.CloudBuild.Tests.Config;

/// <summary>Real cloudbuild files, and what gcloud made of them.</summary>
public sealed class CorpusTests
{
    private static readonly Lazy<(JsonObject Oracle, string File)[]> Corpus = new(() =>
    [
        .. File.ReadLines(Shared.Path("corpus", "cloudbuild", "oracle.jsonl")).Select(line => JsonNode.Parse(line)!.AsObject())
            .Select(oracle => (oracle, Shared.Path("corpus", "cloudbuild", oracle["file"]!.GetValue<string>()))),
    ]);

    [Fact]
    public void Every_file_is_accepted_or_refused_and_sent_as_by_gcloud()
    {
        var misses = new List<string>();
        foreach (var (oracle, file) in Corpus.Value)
        {
            var (sent, errors) = BuildConfigReader.Parse(file, ConfigFile.Read(file, out _)!);
            if ((sent is not null) != oracle["ok"]!.GetValue<bool>() || (sent is not null && !JsonNode.DeepEquals(sent, oracle["build"])))
            {
                misses.Add($"{file}: {errors.FirstOrDefault()?.Message ?? sent?.ToJsonString()}");
            }
        }

        Assert.NotEmpty(Corpus.Value);
        Assert.True(misses.Count == 0, string.Join('\n', misses));
    }

    [Fact]
    public void What_is_sent_becomes_Googles_message_and_back_unchanged()
    {
        foreach (var (_, file) in Corpus.Value)
        {
            var text = ConfigFile.Read(file, out _)!;
            var reading = BuildConfigReader.Read(file, text);
            if (reading.Message is { } build && reading.Warnings.IsEmpty && reading.Problems.IsEmpty)
            {
                // JSON is YAML: the message printed by Google's library is read as the same message.
                var printed = JsonFormatter.Default.Format(build);
                var again = BuildConfigReader.Read("printed.json", printed).Message;
                Assert.True(build.Equals(again), $"{file}\n{printed}");
            }
        }
    }

    [Fact]
    public void Every_field_of_every_file_has_its_place()
    {
        foreach (var (_, file) in Corpus.Value.Where(entry => entry.Oracle["ok"]!.GetValue<bool>()))
        {
            var text = ConfigFile.Read(file, out _)!;
            var lines = text.Split('\n');
            var reading = BuildConfigReader.Read(file, text);
            foreach (var path in Paths(reading.Sent!, ""))
            {
                var spot = reading.Places.Of(path);
                Assert.True(spot.Line >= 1 && spot.Line <= lines.Length && spot.Column >= 1 && spot.Column <= lines[spot.Line - 1].Length + 1, $"{file}: {path} at {spot}");
                Assert.Equal(file, spot.File);
            }
        }
    }

    private static IEnumerable<string> Paths(JsonNode? node, string path) => node switch
    {
        JsonObject map => map.SelectMany(pair => Paths(pair.Value, path.Length == 0 ? pair.Key : $"{path}.{pair.Key}")),
        JsonArray list => list.SelectMany((item, index) => Paths(item, $"{path}[{index}]")),
        _ => [path],
    };
}

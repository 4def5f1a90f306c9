using System.Globalization;
using System.Text.Json;
using Evaluate;

// component.yaml gives every argument as a pair: --name value.
var options = args.Chunk(2).ToDictionary(pair => pair[0], pair => pair[^1]);
try
{
    var rows = FeatureRow.ReadAll(options["--features"]);
    var model = Scorer.Score(options["--model"], rows);
    var baseline = Scorer.Score(options["--baseline"], rows);
    var judgement = Judge.Decide(rows, model, baseline, new Demands(Number("--min-auc"), Number("--min-gain"), Number("--max-slice-loss")));

    Write(options["--metrics"], JsonSerializer.Serialize(judgement, JsonSerializerOptions.Web));
    Write(options["--blessed"], judgement.Blessed ? "true" : "false");
    Write(options["--auc"], judgement.Overall.Auc!.Value.ToString("R", CultureInfo.InvariantCulture));
    ExecutorOutput.Write(options["--executor-input"], "metrics", judgement.ForConsole());
    Console.WriteLine(judgement);
    return 0; // A model that is not blessed is a result, not a failure.
}
catch (Exception e) when (e is InvalidDataException or IOException or UnauthorizedAccessException)
{
    Console.Error.WriteLine($"evaluate: {e.Message}");
    return 1;
}

double Number(string option) => double.Parse(options[option], CultureInfo.InvariantCulture);

static void Write(string path, string text)
{
    Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(path))!);
    File.WriteAllText(path, text);
}

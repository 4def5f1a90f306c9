using System.Globalization;
using System.Text.Json;
using Transform;

// component.yaml gives every argument as a pair: --name value.
var options = args.Chunk(2).ToDictionary(pair => pair[0], pair => pair[^1]);
try
{
    var training = Strike.ReadAll(options["--training"]);
    var evaluation = Strike.ReadAll(options["--evaluation"]);
    var statistics = Statistics.Of(training, int.Parse(options["--min-count"], CultureInfo.InvariantCulture));

    Write(options["--training-features"], training.Select(strike => FeatureRow.From(strike, statistics)));
    Write(options["--evaluation-features"], evaluation.Select(strike => FeatureRow.From(strike, statistics)));
    Write(options["--statistics"], [statistics]);
    Console.WriteLine($"Frequent values: {string.Join(", ", statistics.Frequent.Select(column => $"{column.Key} {column.Value.Count}"))}.");
    return 0;
}
catch (Exception e) when (e is InvalidDataException or FormatException or IOException or UnauthorizedAccessException)
{
    Console.Error.WriteLine($"transform: {e.Message}");
    return 1;
}

static void Write<T>(string path, IEnumerable<T> items)
{
    Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(path))!);
    File.WriteAllLines(path, items.Select(item => JsonSerializer.Serialize(item, JsonSerializerOptions.Web)));
}

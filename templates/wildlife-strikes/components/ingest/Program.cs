using System.Globalization;
using Ingest;

// component.yaml gives every argument as a pair: --name value.
var options = args.Chunk(2).ToDictionary(pair => pair[0], pair => pair[^1]);
try
{
    var splitDate = TimeSplit.ParseDay(options["--split-date"]);
    var strikes = Csv.Read(options["--source"]);
    var (training, evaluation) = TimeSplit.At(splitDate, strikes);

    JsonLines.Write(options["--training"], training);
    JsonLines.Write(options["--evaluation"], evaluation);
    WriteParameter(options["--training-rows"], training.Count);
    WriteParameter(options["--evaluation-rows"], evaluation.Count);
    Console.WriteLine($"{training.Count} strikes before {splitDate:yyyy-MM-dd} to learn from, {evaluation.Count} from then on to judge by.");
    return 0;
}
catch (Exception e) when (e is InvalidDataException or IOException or UnauthorizedAccessException)
{
    Console.Error.WriteLine($"ingest: {e.Message}");
    return 1;
}

static void WriteParameter(string path, int value)
{
    Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(path))!);
    File.WriteAllText(path, value.ToString(CultureInfo.InvariantCulture));
}

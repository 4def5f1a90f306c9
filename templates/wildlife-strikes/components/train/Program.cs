using System.Globalization;
using System.Text.Json;
using Microsoft.ML;
using Train;

// component.yaml gives every argument as a pair: --name value.
var options = args.Chunk(2).ToDictionary(pair => pair[0], pair => pair[^1]);
try
{
    var rows = FeatureRow.ReadAll(options["--features"]);
    var ml = new MLContext(int.Parse(options["--seed"], CultureInfo.InvariantCulture));

    var search = Search.Run(ml, rows, int.Parse(options["--trials"], CultureInfo.InvariantCulture), Console.WriteLine);
    ModelFile.Save(ml, Models.Trees(ml, search.Chosen.Settings), rows, options["--model"]);
    ModelFile.Save(ml, Models.Baseline(ml), rows, options["--baseline"]);

    Write(options["--metrics"], JsonSerializer.Serialize(search, JsonSerializerOptions.Web));
    Write(options["--auc"], search.Chosen.Auc.ToString("R", CultureInfo.InvariantCulture));
    Console.WriteLine($"Chosen: {search.Chosen}");
    return 0;
}
catch (Exception e) when (e is InvalidDataException or IOException or UnauthorizedAccessException)
{
    Console.Error.WriteLine($"train: {e.Message}");
    return 1;
}

static void Write(string path, string text)
{
    Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(path))!);
    File.WriteAllText(path, text);
}

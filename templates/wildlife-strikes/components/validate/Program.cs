using System.Globalization;
using Validate;

// component.yaml gives every argument as a pair: --name value.
var options = args.Chunk(2).ToDictionary(pair => pair[0], pair => pair[^1]);
try
{
    return options.TryGetValue("--infer", out var sample) ? Infer(sample, options["--schema"]) : Check(options);
}
catch (Exception e) when (e is InvalidDataException or IOException or UnauthorizedAccessException)
{
    Console.Error.WriteLine($"validate: {e.Message}");
    return 1;
}

// By hand, once, and then committed: dotnet run -- --infer STRIKES.jsonl --schema schema.json
static int Infer(string sample, string schema)
{
    Write(schema, Json.Write(SchemaInference.From(Span.Read("sample", sample))) + "\n");
    return 0;
}

static int Check(Dictionary<string, string> options)
{
    var schema = Json.Read<Schema>(options["--schema"]);
    var report = Report.On(schema, Span.Read("training", options["--training"]), Span.Read("evaluation", options["--evaluation"]));

    Write(options["--report"], Json.Write(report));
    Write(options["--warnings"], report.Warnings.Count().ToString(CultureInfo.InvariantCulture));
    Print(report);
    return report.Errors.Any() ? 1 : 0;
}

static void Print(Report report)
{
    foreach (var anomaly in report.Warnings)
    {
        Console.WriteLine($"warning: {anomaly}");
    }

    // On stderr and in full: a failed task keeps its log, not its artifacts.
    foreach (var anomaly in report.Errors)
    {
        Console.Error.WriteLine($"error: {anomaly}");
    }

    Console.WriteLine(report.Errors.Any()
        ? "validate: the strikes are not fit to learn from; mend the source, or change schema.json if the world has changed."
        : $"The strikes fit the schema; warnings: {report.Warnings.Count()}.");
}

static void Write(string path, string text)
{
    Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(path))!);
    File.WriteAllText(path, text);
}

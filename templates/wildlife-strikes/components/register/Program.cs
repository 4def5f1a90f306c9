using Register;

// component.yaml gives every argument as a pair: --name value.
var options = args.Chunk(2).ToDictionary(pair => pair[0], pair => pair[^1]);
try
{
    var record = bool.Parse(options["--blessed"])
        ? ModelRecord.Of(options["--name"], options["--description"], options["--model-uri"], options["--model"], options["--metrics"])
        : ModelRecord.NotBlessed(options["--name"]);

    Write(options["--record"], record.ToJson());
    Write(options["--version"], record.Version ?? "");
    Console.WriteLine(record.ToJson());
    return 0;
}
catch (Exception e) when (e is InvalidDataException or FormatException or IOException or UnauthorizedAccessException)
{
    Console.Error.WriteLine($"register: {e.Message}");
    return 1;
}

static void Write(string path, string text)
{
    Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(path))!);
    File.WriteAllText(path, text);
}

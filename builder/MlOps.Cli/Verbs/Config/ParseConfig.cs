using System.Buffers;
using System.Collections.Immutable;
using System.CommandLine;
using System.Text.Encodings.Web;
using System.Text.Json;
using MlOps.CloudBuild.Config;
using MlOps.Core.Problems;

namespace MlOps.Cli.Verbs.Config;

/// <summary><c>mlops config parse FILE…</c>: what gcloud would send for each file, or what it says against it; a JSON line a file, whatever <c>--output</c> is.</summary>
internal static class ParseConfig
{
    private static readonly Argument<string[]> Files = new("FILE") { Description = "cloudbuild.yaml files, YAML or JSON.", Arity = ArgumentArity.OneOrMore };
    private static readonly JsonWriterOptions Readable = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true };

    public static Command Command() =>
        new Command("parse", "Prints each file as Google's Build JSON, exactly as gcloud takes it: one JSON line a file.") { Files }.Does(static (verb, _) => Task.FromResult(Run(verb)));

    private static int Run(VerbContext verb)
    {
        var files = verb.Parsed.GetValue(Files) ?? [];
        var lines = new ArrayBufferWriter<byte>[files.Length];
        var refused = 0;
        // Each file is by itself; a few are not worth a second thread.
        Parallel.For(0, files.Length, new ParallelOptions { MaxDegreeOfParallelism = files.Length < 16 ? 1 : Environment.ProcessorCount }, index =>
        {
            lines[index] = new ArrayBufferWriter<byte>(4096);
            if (!WriteLine(lines[index], files[index]))
            {
                Interlocked.Increment(ref refused);
            }
        });
        using var output = Console.OpenStandardOutput();
        foreach (var line in lines)
        {
            output.Write(line.WrittenSpan);
        }

        return refused > 0 ? ExitCode.InvalidInput : ExitCode.Done;
    }

    private static bool WriteLine(ArrayBufferWriter<byte> line, string file)
    {
        var (sent, errors) = ConfigFile.Read(file, out var unreadable) is { } text ? BuildConfigReader.Parse(file, text) : (null, [unreadable!]);
        using (var writer = new Utf8JsonWriter(line, Readable))
        {
            writer.WriteStartObject();
            writer.WriteString("file", file);
            writer.WriteBoolean("ok", sent is not null);
            if (sent is not null)
            {
                writer.WritePropertyName("build");
                sent.WriteTo(writer);
            }
            else
            {
                Write(writer, errors);
            }

            writer.WriteEndObject();
        }

        line.Write("\n"u8);
        return sent is not null;
    }

    private static void Write(Utf8JsonWriter writer, ImmutableArray<ConfigError> errors)
    {
        writer.WriteStartArray("errors");
        foreach (var error in errors)
        {
            writer.WriteStartObject();
            writer.WriteString("type", error.Type);
            writer.WriteString("message", error.Message);
            writer.WriteNumber("line", error.Spot.Line);
            writer.WriteNumber("column", error.Spot.Column);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
    }
}

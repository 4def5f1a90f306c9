using System.CommandLine;
using MlOps.Core.Problems;

namespace MlOps.Cli.Verbs;

/// <summary><c>mlops schema</c>: the JSON schema of <c>mlops.yaml</c>, so that editors complete and check it.</summary>
internal static class SchemaVerb
{
    public static Command Command() => new Command("schema", "Prints the JSON schema of mlops.yaml.").Does(static (_, _) =>
    {
        Console.Out.Write(Read());
        return Task.FromResult(ExitCode.Done);
    });

    private static string Read()
    {
        using var stream = typeof(SchemaVerb).Assembly.GetManifestResourceStream("mlops.schema.json")!;
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }
}

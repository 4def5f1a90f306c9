using System.CommandLine;

namespace MlOps.Cli.Verbs;

/// <summary>The options that every verb takes (design.md, "The command").</summary>
internal static class CommonOptions
{
    public static readonly Option<string> Output = Choice(new Option<string>("--output")
    {
        Description = "'text' for people, 'json' for machines: JSON on stdout, people's text on stderr.",
        DefaultValueFactory = _ => "text",
        Recursive = true,
    }, "text", "json");

    public static readonly Option<string?> Environment = new("--env")
    {
        Description = "The environment of mlops.yaml to work in.",
        Recursive = true,
    };

    public static readonly Option<DirectoryInfo?> ProjectDir = new("--project-dir")
    {
        Description = "Where the repo is; mlops.yaml is looked for here and upwards.",
        Recursive = true,
    };

    public static readonly Option<bool> Strict = new("--strict")
    {
        Description = "Warnings count as errors.",
        Recursive = true,
    };

    public static void AddTo(Command root)
    {
        root.Options.Add(Output);
        root.Options.Add(Environment);
        root.Options.Add(ProjectDir);
        root.Options.Add(Strict);
    }

    /// <summary><c>--output</c> of a verb that can print more than text and JSON.</summary>
    public static Option<string> OutputOf(params string[] more) => Choice(
        new Option<string>(Output.Name) { Description = $"'text' for people, 'json' for machines, or {string.Join(", ", more.Select(name => $"'{name}'"))}.", DefaultValueFactory = _ => "text" },
        ["text", "json", .. more]);

    private static Option<string> Choice(Option<string> option, params string[] values) => option.AcceptOnlyFromAmong(values);
}

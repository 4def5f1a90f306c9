using System.CommandLine;
using MlOps.Cli.Verbs.Config;

namespace MlOps.Cli.Verbs;

/// <summary><c>mlops config …</c>: what a cloudbuild file says, without running it. One file a subcommand, under <c>Verbs/Config/</c>.</summary>
internal static class ConfigVerb
{
    public static Command Command() => new("config", "Reads and checks cloudbuild.yaml files.")
    {
        ParseConfig.Command(),
        CheckConfig.Command(),
        ResolveConfig.Command(),
        ExplainConfig.Command(),
    };
}

using System.CommandLine;
using MlOps.Cli.Verbs.Triggers;

namespace MlOps.Cli.Verbs;

/// <summary><c>mlops triggers …</c>: what starts builds. One file a subcommand, under <c>Verbs/Triggers/</c>.</summary>
internal static class TriggersVerb
{
    public static Command Command() => new("triggers", "What starts builds: which triggers fire for a change, and what Cloud Build has of them.")
    {
        ExplainTriggers.Command(),
        PlanTriggers.PlanCommand(),
        PlanTriggers.ApplyCommand(),
    };
}

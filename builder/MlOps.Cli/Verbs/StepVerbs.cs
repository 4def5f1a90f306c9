using System.CommandLine;
using MlOps.Cli.Sessions;
using MlOps.Steps;

namespace MlOps.Cli.Verbs;

/// <summary>One step a verb, for the <c>args</c> of a build step. <c>compile</c> and <c>run</c>, which also take files, have verbs of their own.</summary>
internal static class StepVerbs
{
    public static IEnumerable<Command> Commands() =>
    [
        Step("checkout", "Records the commit, branch, tag and changed files."),
        Test(),
        Step("lint", "Checks component files, pipelines and Dockerfiles, and runs the repo's own linters; SARIF."),
        Step("build", "Builds the images whose inputs have changed."),
        Step("push", "Pushes the images, tagged with the commit, and records their digests."),
        Step("rewrite", "Pins the image of each component.yaml by digest."),
        Step("upload", "Uploads the compiled pipelines."),
    ];

    public static async Task<int> RunAsync(VerbContext verb, string name, CancellationToken cancel)
    {
        await using var session = await DeliverySession.OpenAsync(verb, cancel);
        return await DeliveryRun.RunAsync(verb, session, [Delivery.Steps[name]], cancel);
    }

    /// <summary>Integration tests are a step of their own, later: they need the images.</summary>
    private static Command Test()
    {
        var integration = new Option<bool>("--integration") { Description = "Runs test.integration instead, with the images that 'mlops push' left." };
        var command = new Command("test", "Runs the components' and the repo's tests; one merged JUnit report.") { integration };
        DeliverySession.AddOptions(command);
        return command.Does((verb, cancel) => RunAsync(verb, verb.Parsed.GetValue(integration) ? "integration" : "test", cancel));
    }

    private static Command Step(string name, string description)
    {
        var command = new Command(name, description);
        DeliverySession.AddOptions(command);
        return command.Does((verb, cancel) => RunAsync(verb, name, cancel));
    }
}

using System.Collections.Immutable;
using MlOps.Core.Problems;
using MlOps.Steps.Project;

namespace MlOps.Steps.Tests.Build;

public sealed class BuildSecretsTests
{
    [Fact]
    public async Task Secrets_of_mlops_yaml_reach_the_build_and_are_no_inputs()
    {
        await using var lab = await DeliveryLab.StartAsync();
        lab.Component("train", $"FROM {DeliveryLab.BaseImage}\nRUN --mount=type=secret,id=index,required wc -c < /run/secrets/index > /length && cat /run/secrets/index\n");
        lab.Settings = Secret(new BuildSecret(null, lab.Write("secret.txt", "https://user:pass@index"), default));
        lab.Commit();
        var first = await lab.DeliverAsync();
        Assert.DoesNotContain("user:pass", File.ReadAllText(lab.Workspace.PathOf("logs", "build-train.log")), StringComparison.Ordinal);

        lab.Settings = Secret(new BuildSecret(null, lab.Write("secret.txt", "https://user:other@index"), default));
        Assert.True((await lab.BuildAsync()).Built.Images.Single().Found);
        Assert.Single(first.Pushed.Images);
    }

    [Fact]
    public void What_is_not_there_is_named_all_at_once()
    {
        var spot = new SourceSpot("mlops.yaml", 7, 3);
        var settings = BuildSettings.None with
        {
            Secrets = BuildSettings.None.Secrets.Add("a", new BuildSecret("MLOPS_TEST_NOT_SET", null, spot)).Add("b", new BuildSecret(null, "/nowhere/secret", spot)),
        };
        var problems = Assert.Throws<InvalidInputException>(() => Steps.Build.BuildSecrets.Read(settings)).Problems;
        Assert.Equal(["secret-not-set", "secret-not-readable"], problems.Select(problem => problem.Code));
        Assert.All(problems, problem => Assert.Equal(("mlops.yaml", 7, 3), (problem.File, problem.Line, problem.Column)));
    }

    private static BuildSettings Secret(BuildSecret secret) => BuildSettings.None with { Secrets = ImmutableSortedDictionary<string, BuildSecret>.Empty.Add("index", secret) };
}

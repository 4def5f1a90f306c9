using MlOps.Containers;
using MlOps.Core.Problems;
using MlOps.Steps.Build;
using MlOps.Steps.Project;
using MlOps.Testing;

namespace MlOps.Steps.Tests.Build;

/// <summary>.NET projects without a Dockerfile, published by the SDK's container support.</summary>
public sealed class DotnetImageTests
{
    private const string Runtime = "mcr.microsoft.com/dotnet/runtime:10.0";
    private const string Project = "<Project Sdk=\"Microsoft.NET.Sdk\"><PropertyGroup><OutputType>Exe</OutputType></PropertyGroup><ItemGroup><ProjectReference Include=\"../../shared/Shared.csproj\" /></ItemGroup></Project>";

    [Fact]
    public void Reports_that_its_tests_leave_are_no_input()
    {
        using var lab = new TemporaryFolder();
        lab.Write("mlops.yaml", "name: r\ncomponents:\n  folder: components\n  settings:\n    a: {test: {command: 'true', reports: reports/junit.xml}}\npipelines: {}\n");
        lab.Write("components/a/component.yaml", SampleRepo.ComponentYaml.Replace("name: hello", "name: a", StringComparison.Ordinal));
        lab.Write("components/a/A.csproj", "<Project Sdk=\"Microsoft.NET.Sdk\"><PropertyGroup><TargetFramework>net10.0</TargetFramework></PropertyGroup></Project>");
        lab.Write("components/a/reports/junit.xml", "<testsuites/>");
        lab.Write("components/a/A.cs", "");
        var project = ProjectFileReader.Read(lab.Path);
        var inputs = ComponentInputs.Read(project, project.Components.Single(), [])!;
        Assert.Equal(["components/a/A.cs", "components/a/A.csproj", "components/a/component.yaml"], inputs.Files.Select(file => file.Path));
    }

    [Fact]
    [Trait("speed", "slow")]
    public async Task A_project_becomes_an_image_that_runs_and_has_the_same_digest_when_it_is_published_again_elsewhere()
    {
        await using var one = await RepoAsync();
        await using var two = await RepoAsync();
        one.Commit();
        two.Commit("components/hello/Program.cs");
        var (built, first) = await one.DeliverAsync();
        var (_, second) = await two.DeliverAsync();
        Assert.Equal(first.Images.Single().Digest, second.Images.Single().Digest);
        Assert.NotEqual(first.Images.Single().Image.Tag, second.Images.Single().Image.Tag);

        await using var engine = await ContainerEngine.ConnectAsync(TestContext.Current.CancellationToken);
        var image = await engine.Images.InspectAsync(built.Images.Single().Image.ToString(), TestContext.Current.CancellationToken);
        Assert.DoesNotContain(image!.Config!.Labels ?? new Dictionary<string, string>(StringComparer.Ordinal), label => label.Key.StartsWith("org.opencontainers", StringComparison.Ordinal));
        Assert.Equal(built.Images.Single().ImageId, image.ID);
        Assert.StartsWith("sha256:", built.Images.Single().Materials[Runtime], StringComparison.Ordinal);

        one.Write("shared/Text.cs", "public static class Text { public const string Hello = \"other\"; }");
        one.Commit("shared/Text.cs");
        var third = await one.BuildAsync();
        Assert.Equal("shared/Text.cs modified", third.Built.Images.Single().Why);
    }

    [Fact]
    public void A_project_that_does_not_compile_says_the_compilers_words_in_its_inputs()
    {
        using var repo = DeliveryLab.OfFiles();
        repo.Write("components/a/component.yaml", "name: a\n");
        repo.Write("components/a/a.csproj", "<Project Sdk=\"Microsoft.NET.Sdk\">\n  <PropertyGroup>\n</Project>");
        repo.Write("components/b/component.yaml", "name: b\n");
        repo.Write("components/b/b.csproj", "<Project Sdk=\"Microsoft.NET.Sdk\"/>");
        repo.Write("components/c/component.yaml", "name: c\n");
        repo.Write("components/c/c.csproj", "<Project Sdk=\"Microsoft.NET.Sdk\"><PropertyGroup><TargetFramework>net10.0</TargetFramework></PropertyGroup><ItemGroup><ProjectReference Include=\"../../../outside.csproj\" /></ItemGroup></Project>");
        var problems = new List<Problem>();
        var project = repo.Project;
        Assert.All(project.Components.Take(2), component => Assert.Null(ComponentInputs.Read(project, component, problems)));
        ComponentInputs.Read(project, project.Components[2], problems);
        Assert.Equal(["bad-project", "no-base-image", "outside-repo"], problems.Select(problem => problem.Code));
        Assert.Equal(3, problems[0].Line);
    }

    [Theory]
    [InlineData("<Project Sdk=\"Microsoft.NET.Sdk\"><PropertyGroup><TargetFramework>net9.0</TargetFramework></PropertyGroup></Project>", "mcr.microsoft.com/dotnet/runtime:9.0")]
    [InlineData("<Project Sdk=\"Microsoft.NET.Sdk.Web\"><PropertyGroup><TargetFramework>net10.0</TargetFramework></PropertyGroup></Project>", "mcr.microsoft.com/dotnet/aspnet:10.0")]
    [InlineData("<Project Sdk=\"Microsoft.NET.Sdk\"><PropertyGroup><TargetFramework>net10.0</TargetFramework><PublishAot>true</PublishAot></PropertyGroup></Project>", "mcr.microsoft.com/dotnet/runtime-deps:10.0")]
    [InlineData("<Project Sdk=\"Microsoft.NET.Sdk\"><PropertyGroup><TargetFramework>net10.0</TargetFramework><ContainerFamily>alpine</ContainerFamily></PropertyGroup></Project>", "mcr.microsoft.com/dotnet/runtime:10.0-alpine")]
    [InlineData("<Project Sdk=\"Microsoft.NET.Sdk\"><PropertyGroup><ContainerBaseImage>acme/base:1</ContainerBaseImage></PropertyGroup></Project>", "acme/base:1")]
    [InlineData("<Project Sdk=\"Microsoft.NET.Sdk\"/>", "mcr.microsoft.com/dotnet/runtime:8.0", "<Project><PropertyGroup><TargetFramework>net8.0</TargetFramework></PropertyGroup></Project>")]
    public void The_base_image_is_the_one_that_the_SDK_would_choose(string text, string image, string? props = null)
    {
        using var repo = DeliveryLab.OfFiles();
        repo.Write("components/a/component.yaml", "name: a\n");
        repo.Write("components/a/a.csproj", text);
        if (props is not null)
        {
            repo.Write("Directory.Build.props", props);
        }

        var problems = new List<Problem>();
        var project = repo.Project;
        Assert.Equal([image], ComponentInputs.Read(project, project.Components[0], problems)!.Bases);
        Assert.Empty(problems);
    }

    private static async Task<DeliveryLab> RepoAsync()
    {
        var repo = await DeliveryLab.StartAsync();
        await using (var engine = await ContainerEngine.ConnectAsync(TestContext.Current.CancellationToken))
        {
            Assert.SkipUnless(await engine.Images.ExistsAsync(Runtime, TestContext.Current.CancellationToken), $"The engine has no {Runtime}: run make base-images.");
        }

        repo.Write("Directory.Build.props", "<Project><PropertyGroup><TargetFramework>net10.0</TargetFramework><ImplicitUsings>enable</ImplicitUsings></PropertyGroup></Project>");
        repo.Write("shared/Shared.csproj", "<Project Sdk=\"Microsoft.NET.Sdk\" />");
        repo.Write("shared/Text.cs", "public static class Text { public const string Hello = \"hello\"; }");
        repo.Write("components/hello/component.yaml", "name: hello\nimplementation: {container: {image: hello}}\n");
        repo.Write("components/hello/hello.csproj", Project);
        repo.Write("components/hello/Program.cs", "Console.WriteLine(Text.Hello);");
        repo.Write("components/hello/obj/left-over.cs", "this does not compile");
        return repo;
    }
}

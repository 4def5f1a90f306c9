using System.Text;
using MlOps.Core.Images;
using MlOps.Core.Problems;
using MlOps.Google;
using MlOps.Pipelines;
using MlOps.Steps.References;
using MlOps.Testing;

namespace MlOps.Steps.Tests.References;

/// <summary>Components on a web server of the test's own.</summary>
public sealed class ReferenceFetchTests : IDisposable
{
    private const string Component = "name: greet\ninputs: [{name: who, type: String}]\nimplementation: {container: {image: greet, args: [{inputValue: who}]}}\n";

    private readonly TemporaryFolder _folder = new();
    private readonly FileServer _server = new();

    public ReferenceFetchTests() => _server.Files["/greet/component.yaml"] = Component;

    private string Pin => "#" + Digest.Of(Encoding.UTF8.GetBytes(Component));

    private string Address => _server.Address + "greet/component.yaml";

    [Fact]
    public async Task A_pinned_component_is_fetched_once_and_compiled()
    {
        var (compiled, problems) = await CompileAsync($"  a: {{component: '{Address}{Pin}', with: {{who: you}}}}\n  b: {{component: '{Address}{Pin}', with: {{who: me}}}}");
        Assert.Empty(problems);
        Assert.Equal(2, compiled!.Spec["root"]!["dag"]!["tasks"]!.AsObject().Count);

        // And then without a network.
        _server.Dispose();
        Assert.NotNull((await CompileAsync($"  a: {{component: '{Address}{Pin}', with: {{who: you}}}}")).Compiled);
        Assert.Single(_server.Requests);
        Assert.DoesNotContain(_server.Requests[0], "Authorization", StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task One_that_is_not_pinned_is_told_with_its_pin()
    {
        var (compiled, problems) = await CompileAsync($"  a: {{component: '{Address}', with: {{who: you}}}}");

        Assert.NotNull(compiled);
        var warning = Assert.Single(problems);
        Assert.Equal(("unpinned-reference", Severity.Warning, 3, 18), (warning.Code, warning.Severity, warning.Line, warning.Column));
        Assert.EndsWith($"Pin it: {Address}{Pin}", warning.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_fault_in_it_is_told_at_its_address()
    {
        _server.Files["/greet/component.yaml"] = Component.Replace("inputValue", "inputValu", StringComparison.Ordinal);

        var problems = (await CompileAsync($"  a: {{component: '{Address}', with: {{who: you}}}}")).Problems;

        Assert.Contains(problems, problem => problem.Code == "unknown-placeholder" && problem.File == Address && problem.Line == 3);
        Assert.Contains(problems, problem => problem.Code == "bad-component" && problem.Line == 3);
    }

    [Theory]
    [InlineData("{0}greet/none.yaml", "unknown-component", "404")]
    [InlineData("{0}greet/component.yaml#sha256:0000000000000000000000000000000000000000000000000000000000000000", "reference-changed", "Find out why it changed")]
    [InlineData("{0}greet/component.yaml#v1", "bad-reference", "'#v1' is no pin")]
    [InlineData("http://example.com/component.yaml", "bad-reference", "http:// is not https://")]
    [InlineData("ftp://example.com/component.yaml", "bad-reference", "ftp:// is not https://")]
    [InlineData("https://me:secret@example.com/component.yaml", "bad-reference", "a user or password must not stand in it")]
    [InlineData("https://us-kfp.pkg.dev/p/r/name", "bad-reference", "PROJECT/REPOSITORY/NAME/VERSION")]
    public async Task What_cannot_be_had_is_told_once_with_its_place(string reference, string code, string says)
    {
        var (compiled, problems) = await CompileAsync($"  a: {{component: '{string.Format(System.Globalization.CultureInfo.InvariantCulture, reference, _server.Address)}', with: {{who: you}}}}");

        Assert.Null(compiled);
        var problem = Assert.Single(problems);
        Assert.Equal((code, 3, 18), (problem.Code, problem.Line, problem.Column));
        Assert.Contains(says, problem.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_a_network_it_says_so()
    {
        _server.Dispose();

        var problem = Assert.Single((await CompileAsync($"  a: {{component: '{Address}'}}")).Problems);

        Assert.Equal("unreachable-reference", problem.Code);
        Assert.Contains("nothing listens there (connection refused)", problem.Message, StringComparison.Ordinal);
        Assert.Contains("only what is pinned (#sha256:…) and has been fetched before", problem.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_redirect_is_followed_and_a_damaged_copy_is_fetched_anew()
    {
        _server.Moved["/old.yaml"] = "/greet/component.yaml";
        var tasks = $"  a: {{component: '{_server.Address}old.yaml{Pin}', with: {{who: you}}}}";
        Assert.NotNull((await CompileAsync(tasks)).Compiled);

        File.WriteAllText(Path.Combine(_folder.Path, "copies", Pin[8..]), "damaged");

        Assert.NotNull((await CompileAsync(tasks)).Compiled);
        Assert.Equal(Component, File.ReadAllText(Path.Combine(_folder.Path, "copies", Pin[8..])));
    }

    private async Task<(CompiledPipelineSpec? Compiled, List<Problem> Problems)> CompileAsync(string tasks)
    {
        var problems = new List<Problem>();
        var file = _folder.Write("pipeline.yaml", "name: test\ntasks:\n" + tasks + "\n");
        var fetch = new ReferenceFetch(GcpEndpoint.Google, Path.Combine(_folder.Path, "copies"));
        var references = await fetch.FetchAsync(Pipelines.Definitions.References.In(file), problems, TestContext.Current.CancellationToken);
        return (PipelineCompiler.Compile(file, new CompileOptions { AllowTags = true, References = references }, problems), problems);
    }

    public void Dispose()
    {
        _server.Dispose();
        _folder.Dispose();
    }
}

using Google.Cloud.CloudBuild.V1;
using MlOps.Cli.Output;
using MlOps.Cli.Verbs;
using MlOps.CloudBuild.Config;
using MlOps.Core.Problems;
using MlOps.Testing;

namespace MlOps.Cli.Tests.Config;

public sealed class ResolveConfigTests
{
    private const string File = """
        steps:
        - name: gcr.io/cloud-builders/docker
          id: build
          args: [build, -t, 'img:$_TAG', .]
        - name: bash
          script: |
            echo "$_TAG"

            echo done
          automapSubstitutions: true
        substitutions: {_TAG: '${BRANCH_NAME//\//-}'}
        options: {dynamicSubstitutions: true}
        timeout: 600s
        """;

    [Fact]
    public async Task It_prints_googles_json_and_a_file_that_is_the_same_build()
    {
        using var folder = new TemporaryFolder();
        folder.Write("cloudbuild.yaml", File);
        var mlops = new Mlops(folder.Path, folder.Path);
        var json = await mlops.RunAsync("config", "resolve", "cloudbuild.yaml", "--substitutions", "BRANCH_NAME=feature/x,PROJECT_ID=p", "--output", "json");
        Assert.True(json.ExitCode == 0, json.All);
        Assert.Equal("img:feature-x", json.Json["steps"]![0]!["args"]![2]!.GetValue<string>());
        Assert.Equal("feature-x", json.Json["substitutions"]!["_TAG"]!.GetValue<string>());
        Assert.Contains("_TAG=feature-x", json.Json["steps"]![1]!["env"]!.AsArray().Select(value => value!.GetValue<string>()));
        var text = await mlops.RunAsync("config", "resolve", "cloudbuild.yaml", "--substitutions", "BRANCH_NAME=feature/x,PROJECT_ID=p");
        Assert.Equal(Build.Parser.ParseJson(json.Output), BuildConfigReader.Read("f", text.Output).Draft);
    }

    [Fact]
    public async Task Every_problem_of_the_file_and_of_its_substitutions_is_told_at_once()
    {
        using var folder = new TemporaryFolder();
        folder.Write("c.yaml", "steps:\n- name: a\n  args: ['$FOO', '$_X']\n  arg: x\nsubstitutions: {bad: v}\n");
        var outcome = await new Mlops(folder.Path, folder.Path).RunAsync("config", "resolve", "c.yaml", "--output", "json");
        Assert.Equal(2, outcome.ExitCode);
        Assert.Equal(["substitution-not-builtin", "substitution-undefined"], outcome.Json.AsArray().Select(problem => problem!["code"]!.GetValue<string>()).Where(code => code.StartsWith("substitution-", StringComparison.Ordinal)));
        Assert.Contains("c.yaml:3:11: error", outcome.Errors, StringComparison.Ordinal);
        Assert.Contains("'arg' is not a field", outcome.Errors, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("_A=1,_B=a=b", "_A=1;_B=a=b")]
    [InlineData("^:^_A=1,2:_B=3", "_A=1,2;_B=3")]
    [InlineData("^||^_A=x|y||_B=", "_A=x|y;_B=")]
    [InlineData("_A=^x^", "_A=^x^")]
    public void Substitutions_are_written_as_for_gcloud(string given, string read) =>
        Assert.Equal(read, string.Join(';', SubstitutionsOption.Read([given]).Select(pair => $"{pair.Key}={pair.Value}")));

    [Theory]
    [InlineData("_A=1,2", "another delimiter")]
    [InlineData("_A", "KEY=VALUE")]
    [InlineData("=x", "KEY=VALUE")]
    [InlineData("_A=1,_A=2", "twice")]
    public void What_is_no_list_of_pairs_is_refused(string given, string said) =>
        Assert.Contains(said, Assert.Throws<InvalidInputException>(() => SubstitutionsOption.Read([given])).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData("yes")]
    [InlineData("010")]
    [InlineData("1.5e3")]
    [InlineData("2026-01-01")]
    [InlineData("~")]
    [InlineData("")]
    [InlineData(" a ")]
    [InlineData("a: b # c")]
    [InlineData("- x")]
    [InlineData("{a}")]
    [InlineData("é😀")]
    [InlineData("line\n  two\n\nfour")]
    [InlineData("line \n two\n")]
    [InlineData("\n\nx\n\n")]
    [InlineData("tab\there\n")]
    [InlineData("#!/bin/sh\necho \"$x\"\n")]
    [InlineData("\0\u0085\u2028")]
    [InlineData("12:30:45")]
    [InlineData("a:1")]
    [InlineData("gcr.io/p/x:v1@sha256:abc")]
    [InlineData("=")]
    [InlineData("<<")]
    [InlineData(".5")]
    [InlineData("0x1F")]
    public void What_is_printed_for_people_reads_as_the_same_text(string text)
    {
        var build = new Build { Steps = { new BuildStep { Name = "n", Args = { text, text } } }, Substitutions = { ["_A"] = text } };
        var reading = BuildConfigReader.Read("f", BuildYaml.Write(build));
        Assert.Empty(reading.Errors);
        Assert.Equal(build, reading.Message);
    }
}

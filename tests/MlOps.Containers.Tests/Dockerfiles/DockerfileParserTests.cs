using MlOps.Core.Problems;
using MlOps.Containers.Dockerfiles;

namespace MlOps.Containers.Tests.Dockerfiles;

public sealed class DockerfileParserTests
{
    private const string Staged = """
        # syntax=docker/dockerfile:1
        ARG PYTHON=3.11
        ARG IMAGE_COMMON
        FROM --platform=$BUILDPLATFORM python:${PYTHON}-slim AS base
        RUN apt-get update \
            # a comment, and an empty line

            && apt-get install -y \
               git
        FROM ${IMAGE_COMMON} as Common
        FROM base AS test
        COPY --from=Common --chown=1:1 /x /y
        CMD ["pytest"]
        FROM base AS unused
        RUN --mount=type=bind,from=golang:1.22,target=/go ls
        FROM scratch
        copy --from=0 /a /b
        """;

    [Fact]
    public void Stages_arguments_and_instructions_are_read()
    {
        var dockerfile = Parse(Staged);
        Assert.Equal("docker/dockerfile:1", dockerfile.Syntax);
        Assert.Equal(["PYTHON=3.11", "IMAGE_COMMON="], dockerfile.Arguments.Select(argument => $"{argument.Name}={argument.Default}"));
        Assert.Equal(["base", "Common", "test", "unused", null], dockerfile.Stages.Select(stage => stage.Name));
        var run = Assert.Single(dockerfile.Stages[0].Instructions);
        Assert.Equal(("RUN", 5), (run.Keyword, run.Spot.Line));
        Assert.Equal("apt-get update     && apt-get install -y        git", run.Text);
        Assert.Equal(["Common"], dockerfile.Stages[2].Instructions[0].Froms);
        Assert.Equal("COPY", dockerfile.Stages[4].Instructions[0].Keyword);
    }

    [Theory]
    [InlineData(null, "python:3.9-slim")]
    [InlineData("test", "python:3.9-slim, train@x")]
    [InlineData("TEST", "python:3.9-slim, train@x")]
    [InlineData("unused", "python:3.9-slim, golang:1.22")]
    [InlineData("absent", "")]
    public void A_target_needs_only_the_images_of_its_own_stages(string? target, string images)
    {
        var arguments = new Dictionary<string, string>(StringComparer.Ordinal) { ["IMAGE_COMMON"] = "train@x", ["PYTHON"] = "3.9" };
        Assert.Equal(images, string.Join(", ", Parse(Staged).BaseImages(target, arguments).Select(image => image.Name)));
    }

    [Theory]
    [InlineData("FROM a:1\nRUN <<EOF\nFROM not an instruction\nEOF\nRUN x", "RUN RUN")]
    [InlineData("FROM a:1\nCOPY <<-'A' <<\"B\" /x/\n\tone\n\tA\ntwo\nB\nUSER 1", "COPY USER")]
    [InlineData("FROM a:1\nRUN echo $((1<<FOO))\nUSER 1", "RUN USER")]
    [InlineData("FROM a:1\nENV X=<<EOF\nUSER 1", "ENV USER")]
    [InlineData("# escape=`\nFROM a:1\nRUN dir C:\\\nRUN a `\n  b", "RUN RUN")]
    [InlineData("\uFEFFFROM a:1\r\nRUN a \\\r\n  b\r\nUSER 1\r\n", "RUN USER")]
    [InlineData("FROM a:1\nRUN a \\  \n  b\nUSER 1 \\", "RUN USER")]
    [InlineData("FROM a:1\nONBUILD RUN <<EOF\nUSER x\nEOF\n", "ONBUILD")]
    public void Lines_are_joined_and_here_documents_skipped(string text, string keywords) =>
        Assert.Equal(keywords, string.Join(' ', Parse(text).Stages[0].Instructions.Select(instruction => instruction.Keyword)));

    [Theory]
    [InlineData("", "1:1 no-from")]
    [InlineData("# nothing\n", "1:1 no-from")]
    [InlineData("RUN x\nFROM a:1", "1:1 no-from")]
    [InlineData("FROM a:1\n  RUNN x", "2:3 unknown-instruction")]
    [InlineData("FROM a:1\nRUN", "2:1 empty-instruction")]
    [InlineData("FROM a:1 ASS b", "1:1 bad-from")]
    [InlineData("FROM a:1 AS 1b", "1:1 bad-name")]
    [InlineData("FROM a:1\nRUN <<EOF\nx", "2:1 unended-here-document")]
    public void What_no_builder_takes_is_told(string text, string expected)
    {
        var problems = new List<Problem>();
        DockerfileParser.Parse("Dockerfile", text, problems);
        Assert.Equal(expected, string.Join(", ", problems.Select(problem => $"{problem.Line}:{problem.Column} {problem.Code}")));
    }

    [Fact]
    public void A_misspelt_instruction_is_recognised()
    {
        var problems = new List<Problem>();
        DockerfileParser.Parse("Dockerfile", "FROM a:1\nENTRYPONT x", problems);
        Assert.Contains("Did you mean 'ENTRYPOINT'?", Assert.Single(problems).Message, StringComparison.Ordinal);
    }

    private static Dockerfile Parse(string text)
    {
        var problems = new List<Problem>();
        var dockerfile = DockerfileParser.Parse("Dockerfile", text, problems);
        Assert.Empty(problems);
        return dockerfile;
    }
}

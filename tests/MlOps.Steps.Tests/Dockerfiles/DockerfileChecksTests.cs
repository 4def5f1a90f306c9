using MlOps.Containers.Dockerfiles;
using MlOps.Core.Problems;
using MlOps.Steps.Dockerfiles;

namespace MlOps.Steps.Tests.Dockerfiles;

public sealed class DockerfileChecksTests
{
    [Theory]
    [InlineData("FROM python:3.11-slim AS b\nFROM b\nCOPY --from=b /a /b\nCMD [\"x\"]", "")]
    [InlineData("FROM a@sha256:0000000000000000000000000000000000000000000000000000000000000000", "")]
    [InlineData("FROM scratch", "")]
    [InlineData("ARG IMAGE_COMMON\nFROM ${IMAGE_COMMON}", "")]
    [InlineData("ARG IMAGE_BASE=debian:12\nFROM ${IMAGE_BASE}", "")]
    [InlineData("ARG V=3\nFROM a:${V}", "")]
    [InlineData("ARG GIVEN\nFROM a:${GIVEN}", "")]
    [InlineData("FROM a:${V:-3}", "")]
    [InlineData("FROM python", "1 warning mutable-base")]
    [InlineData("FROM python:latest", "1 warning mutable-base")]
    [InlineData("ARG V\nFROM a:$V", "2 error unset-argument")]
    [InlineData("FROM a:$V", "1 error unset-argument")]
    [InlineData("ARG IMAGE_COMON\nFROM ${IMAGE_COMON}", "1 error unknown-component, 2 error unset-argument")]
    [InlineData("ARG IMAGE_TRAIN\nFROM ${IMAGE_TRAIN}", "1 error image-of-itself")]
    [InlineData("FROM Python:3", "1 error bad-from")]
    [InlineData("FROM b:1 AS build\nFROM a:1\nCOPY --from=biuld /a /b", "3 error unknown-stage")]
    [InlineData("FROM a:1\nCOPY --from=build /a /b\nFROM b:1 AS build", "2 error unknown-stage")]
    [InlineData("FROM a:1\nCOPY --from=1 /a /b", "2 error unknown-stage")]
    [InlineData("FROM a:1\nCOPY --from=busybox /a /b", "2 warning mutable-base")]
    [InlineData("FROM a:1\nCOPY --from=busybox:1.36 /a /b", "")]
    [InlineData("FROM a:1\nRUN --mount=type=bind,from=Nope!,target=/x ls", "2 error unknown-stage")]
    [InlineData("FROM a:1 AS x\nFROM a:1 AS X", "2 warning duplicate-stage")]
    [InlineData("FROM a:1\nCMD ['x']", "2 warning not-json")]
    public void Each_fault_is_told_with_its_line(string text, string expected)
    {
        var problems = new List<Problem>();
        var dockerfile = DockerfileParser.Parse("Dockerfile", text, problems);
        problems.AddRange(DockerfileChecks.Check(dockerfile, "IMAGE_TRAIN", ["IMAGE_COMMON", "IMAGE_TRAIN"], new Dictionary<string, string>(StringComparer.Ordinal) { ["GIVEN"] = "1" }));
        Assert.Equal(expected, string.Join(", ", problems.Select(problem => $"{problem.Line} {problem.Severity.ToString().ToLowerInvariant()} {problem.Code}")));
    }
}

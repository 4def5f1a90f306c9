using System.Text;
using MlOps.Containers.Build;

namespace MlOps.Containers.Tests.Build;

public sealed class SyntaxDirectiveTests
{
    [Theory]
    [InlineData("# syntax=docker/dockerfile:1\nFROM x\n", "#\nFROM x\n")]
    [InlineData("#syntax = docker.io/docker/dockerfile:1.4\r\nFROM x\r\n", "#\r\nFROM x\r\n")]
    [InlineData("# escape=`\n# Syntax=docker/dockerfile\nFROM x", "# escape=`\n#\nFROM x")]
    [InlineData("# syntax=acme/frontend:1\nFROM x\n", null)]
    [InlineData("FROM x\n# syntax=docker/dockerfile:1\n", null)]
    [InlineData("# a comment\n# syntax=docker/dockerfile:1\n", null)]
    public void Only_Dockers_own_frontend_can_be_done_without_and_lines_keep_their_numbers(string text, string? without) =>
        Assert.Equal(without, SyntaxDirective.Remove(Encoding.UTF8.GetBytes(text)) is { } bytes ? Encoding.UTF8.GetString(bytes) : null);
}

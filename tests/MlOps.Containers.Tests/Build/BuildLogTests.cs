using Google.Protobuf;
using MlOps.Containers.Build;

namespace MlOps.Containers.Tests.Build;

public sealed class BuildLogTests
{
    private static readonly DateTimeOffset Start = DateTimeOffset.UnixEpoch;

    [Fact]
    public void Lines_that_come_in_pieces_are_whole_and_each_step_has_its_number()
    {
        var log = new BuildLog(null, []);
        log.Trace(new BuildKitTrace([Vertex("a", "[1/2] FROM x"), Vertex("b", "[2/2] RUN y")], []));
        log.Trace(new BuildKitTrace([], [Output("a", "one\nhal"), Output("b", "other\n")]));
        log.Trace(new BuildKitTrace([Vertex("b", "[2/2] RUN y") with { Completed = Start.AddSeconds(1.23) }], [Output("a", "f\r\nrest")]));
        log.End();
        Assert.Equal(["#1 [1/2] FROM x", "#2 [2/2] RUN y", "#1 one", "#2 other", "#2 DONE 1.2s", "#1 half", "#1 rest"], log.Lines);
    }

    [Fact]
    public void The_tail_is_that_of_the_step_that_failed_and_not_of_those_that_were_cancelled_for_it()
    {
        var log = new BuildLog(null, []);
        log.Trace(new BuildKitTrace([Vertex("bad", "RUN bad"), Vertex("other", "RUN other")], [Output("bad", string.Concat(Enumerable.Range(0, 30).Select(number => $"line {number}\n"))), Output("other", "noise\n")]));
        log.Trace(new BuildKitTrace([Vertex("other", "RUN other") with { Error = "context canceled" }, Vertex("bad", "RUN bad") with { Error = "exit code: 1" }], []));
        Assert.Equal(["RUN bad", .. Enumerable.Range(10, 20).Select(number => $"line {number}")], log.Tail);
    }

    [Fact]
    public void Secrets_are_taken_out_of_lines_and_tails_even_when_they_come_in_pieces()
    {
        var log = new BuildLog(null, ["s3cret"]);
        log.Trace(new BuildKitTrace([Vertex("a", "RUN a")], [Output("a", "it is s3c")]));
        log.Trace(new BuildKitTrace([Vertex("a", "RUN a") with { Error = "x" }], [Output("a", "ret, you see\n")]));
        Assert.Contains("#1 it is ***, you see", log.Lines);
        Assert.DoesNotContain(log.Lines.Concat(log.Tail), line => line.Contains("s3cret", StringComparison.Ordinal));
    }

    [Fact]
    public void A_message_of_BuildKits_is_read_by_field_numbers_and_the_rest_is_skipped()
    {
        // {"id":"moby.buildkit.trace","aux":…} of an engine 20.10: a vertex that started, and its output.
        var vertex = BuildKitTrace.Parse(Convert.FromBase64String("Cm8KR3NoYTI1Njo0OTIzMGUzNDBjNmY5ZTIwMjQ3YjcwZTFlNDUyZDFmMzc4NTcwZGNiNWMxZGQ1MzdhYTYxOTY3ZGM3ZDM3ZWFiGiRbaW50ZXJuYWxdIGxvYWQgcmVtb3RlIGJ1aWxkIGNvbnRleHQ="));
        Assert.Equal("[internal] load remote build context", Assert.Single(vertex.Vertices).Name);
        var output = BuildKitTrace.Parse(Convert.FromBase64String("GmoKR3NoYTI1Njo2NTkzM2U5Y2UzNmE4NzI5Y2M4ODlkZGQwNDVmMzZkZjAwZTlhMWVlNjVlNTQ3MjNkN2I2YjM4NWViMTU0MDhhEgwI/cGS2AYQtZGFlQIYASIPaGVsbG8tZnJvbS1ydW4K"));
        Assert.Equal("hello-from-run\n", Assert.Single(output.Output).Text.ToStringUtf8());
    }

    [Fact]
    public void The_classic_builders_red_text_is_plain()
    {
        var log = new BuildLog(null, []);
        log.Text("Step 1/2 : FROM x\n\u001b[91mwar");
        log.Text("ning\n\u001b[0mend");
        log.End();
        Assert.Equal(["Step 1/2 : FROM x", "warning", "end"], log.Lines);
    }

    private static BuildVertex Vertex(string digest, string name) => new(digest, name, Cached: false, Start, null, "");

    private static VertexOutput Output(string vertex, string text) => new(vertex, ByteString.CopyFromUtf8(text));
}

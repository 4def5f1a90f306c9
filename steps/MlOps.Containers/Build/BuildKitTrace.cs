using System.Collections.Immutable;
using Google.Protobuf;

namespace MlOps.Containers.Build;

/// <summary>
/// What BuildKit tells about a build: <c>moby.buildkit.v1.StatusResponse</c> (moby/buildkit, api/services/control/control.proto),
/// read by field numbers; of the rest nothing is needed.
/// </summary>
internal sealed record BuildKitTrace(ImmutableArray<BuildVertex> Vertices, ImmutableArray<VertexOutput> Output)
{
    public static BuildKitTrace Parse(byte[] message)
    {
        var vertices = ImmutableArray.CreateBuilder<BuildVertex>();
        var output = ImmutableArray.CreateBuilder<VertexOutput>();
        Read(message, (field, input) =>
        {
            switch (field)
            {
                case 1:
                    vertices.Add(Vertex(input.ReadBytes()));
                    return true;
                case 3:
                    output.Add(Log(input.ReadBytes()));
                    return true;
                default:
                    return false;
            }
        });
        return new BuildKitTrace(vertices.ToImmutable(), output.ToImmutable());
    }

    private static BuildVertex Vertex(ByteString message)
    {
        var vertex = new BuildVertex("", "", false, null, null, "");
        Read(message.ToByteArray(), (field, input) =>
        {
            switch (field)
            {
                case 1: vertex = vertex with { Digest = input.ReadString() }; return true;
                case 3: vertex = vertex with { Name = input.ReadString() }; return true;
                case 4: vertex = vertex with { Cached = input.ReadBool() }; return true;
                case 5: vertex = vertex with { Started = Time(input.ReadBytes()) }; return true;
                case 6: vertex = vertex with { Completed = Time(input.ReadBytes()) }; return true;
                case 7: vertex = vertex with { Error = input.ReadString() }; return true;
                default: return false;
            }
        });
        return vertex;
    }

    private static VertexOutput Log(ByteString message)
    {
        var output = new VertexOutput("", ByteString.Empty);
        Read(message.ToByteArray(), (field, input) =>
        {
            switch (field)
            {
                case 1: output = output with { Vertex = input.ReadString() }; return true;
                case 4: output = output with { Text = input.ReadBytes() }; return true;
                default: return false;
            }
        });
        return output;
    }

    private static DateTimeOffset Time(ByteString message) => Google.Protobuf.WellKnownTypes.Timestamp.Parser.ParseFrom(message).ToDateTimeOffset();

    private static void Read(byte[] message, Func<int, CodedInputStream, bool> take)
    {
        using var input = new CodedInputStream(message);
        for (var tag = input.ReadTag(); tag != 0; tag = input.ReadTag())
        {
            if (!take(WireFormat.GetTagFieldNumber(tag), input))
            {
                input.SkipLastField();
            }
        }
    }
}

/// <summary>One node of a build's graph, such as <c>[build 3/5] RUN dotnet restore</c>.</summary>
internal sealed record BuildVertex(string Digest, string Name, bool Cached, DateTimeOffset? Started, DateTimeOffset? Completed, string Error);

/// <summary>A piece of a node's output; it need not be whole lines.</summary>
internal sealed record VertexOutput(string Vertex, ByteString Text);

using System.Collections.Immutable;
using System.IO.Compression;
using System.IO.Pipelines;
using MlOps.Containers.Dockerfiles;
using MlOps.Core.Images;
using MlOps.Core.Problems;
using MlOps.LocalCloud.CloudBuild.EngineSockets.Http;

namespace MlOps.LocalCloud.CloudBuild.EngineSockets;

/// <summary>A build's context on its way from the client to the engine, which begins only once it has all of it.</summary>
/// <param name="dockerfile">Its path in the context.</param>
/// <param name="target">The stage to build; null for the last.</param>
internal sealed class BuildContextOf(Exchange exchange, string dockerfile, string? target, ImmutableSortedDictionary<string, string?> arguments)
{
    private static readonly byte[] Gzip = [0x1f, 0x8b];

    /// <exception cref="HttpFault">An image that it needs cannot be brought to the engine.</exception>
    public async Task WriteAsync(ChunkWriter engine, CancellationToken cancel)
    {
        var pipe = new Pipe(new PipeOptions(useSynchronizationContext: false));
        var reading = ReadAsync(pipe.Writer, cancel);
        try
        {
            var start = await pipe.Reader.ReadAtLeastAsync(Gzip.Length, cancel);
            var isGzip = start.Buffer.Length >= Gzip.Length && System.Buffers.BuffersExtensions.ToArray(start.Buffer.Slice(0, Gzip.Length)).AsSpan().SequenceEqual(Gzip);
            pipe.Reader.AdvanceTo(start.Buffer.Start);
            await using var raw = pipe.Reader.AsStream(leaveOpen: true);
            await using var content = isGzip ? new GZipStream(raw, CompressionMode.Decompress) : raw;
            await ContextRewriting.CopyAsync(content, bytes => engine.WriteAsync(bytes, cancel), dockerfile, text => RewriteAsync(text, cancel), cancel);
        }
        finally
        {
            await pipe.Reader.CompleteAsync();
        }

        await reading;
    }

    private async Task ReadAsync(PipeWriter writer, CancellationToken cancel)
    {
        try
        {
            await exchange.ReadBodyAsync(async bytes => await writer.WriteAsync(bytes, cancel), cancel);
            await writer.CompleteAsync();
        }
        catch (Exception error)
        {
            await writer.CompleteAsync(error);
            throw;
        }
    }

    /// <summary>Brings the images that it names, and names those by digest as the engine knows them.</summary>
    private async Task<string> RewriteAsync(string text, CancellationToken cancel)
    {
        var behind = exchange.Behind;
        var problems = new List<Problem>();
        var given = arguments.Where(argument => argument.Value is not null).ToDictionary(argument => argument.Key, argument => argument.Value!, StringComparer.Ordinal);
        foreach (var image in DockerfileParser.Parse(dockerfile, text, problems).BaseImages(string.IsNullOrEmpty(target) ? null : target, given))
        {
            if (!ImageReference.TryParse(image.Name, out var reference) || behind.Transport.Local(reference) is null)
            {
                continue;
            }

            try
            {
                var name = await behind.PreparedAsync(image.Name, cancel);
                text = name == image.Name ? text : text.Replace(image.Name, name, StringComparison.Ordinal).Replace(image.Written, name, StringComparison.Ordinal);
            }
            catch (StepFailedException refusal)
            {
                throw new HttpFault(500, $"{dockerfile}:{image.Spot.Line}: {behind.Transport.Names.ToGoogle(refusal.Message)}");
            }
        }

        return text;
    }
}

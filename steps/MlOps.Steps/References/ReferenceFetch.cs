using System.Collections.Immutable;
using Grpc.Core;
using MlOps.Core.Files;
using MlOps.Core.Images;
using MlOps.Core.Problems;
using MlOps.Google;
using MlOps.Google.Errors;
using MlOps.Google.Grpc;
using MlOps.Google.Http;
using MlOps.Google.Kfp;
using MlOps.Pipelines.Definitions;

namespace MlOps.Steps.References;

/// <summary>
/// Brings what <c>component: https://…</c> names, before the compiler runs, which reads nothing from the network itself. What has been
/// fetched stays in a folder under its sha256, so that a pinned reference is fetched once.
/// </summary>
/// <param name="endpoint">Where Artifact Registry is.</param>
/// <param name="folder">The copies: one file a content, named by its sha256 in hex.</param>
public sealed class ReferenceFetch(GcpEndpoint endpoint, string folder)
{
    /// <summary>Pipelines above 16 MiB are refused by Artifact Registry, too.</summary>
    private const long Largest = KfpClient.LargestPipeline;

    private static readonly Google.Retry.RetryPolicy Patience = Google.Retry.RetryPolicy.Default with { Attempts = 3, AttemptTimeout = TimeSpan.FromSeconds(30) };

    /// <param name="references">Each once.</param>
    /// <param name="problems">Receives a warning for what is not pinned, and an error for what cannot be had.</param>
    /// <param name="cancel">Ends the downloads.</param>
    /// <returns>The content of each by the reference as it is written; null where it could not be had.</returns>
    public async Task<ImmutableDictionary<string, string?>> FetchAsync(IReadOnlyList<ComponentReference> references, ICollection<Problem> problems, CancellationToken cancel)
    {
        var contents = ImmutableDictionary.CreateBuilder<string, string?>(StringComparer.Ordinal);
        foreach (var reference in references)
        {
            var content = ReferenceAddress.Parse(reference, problems) is { } address ? await FetchAsync(reference, address, problems, cancel) : null;
            contents[reference.Text] = content is null ? null : TextFile.Decode(content, reference.Text, problems);
        }

        return contents.ToImmutable();
    }

    private async Task<byte[]?> FetchAsync(ComponentReference reference, ReferenceAddress address, ICollection<Problem> problems, CancellationToken cancel)
    {
        if (address.Pin is { } pinned && Kept(pinned) is { } copy)
        {
            return copy;
        }

        try
        {
            var content = await DownloadAsync(address, cancel);
            var digest = Digest.Of(content);
            if (address.Pin is { } pin && pin != digest)
            {
                problems.Add(Problem.Error("reference-changed", $"{address.Address} has the content {digest}, and {pin} is what the reference asks for. Find out why it changed; to take it as it is now, write the new sha256.", reference.Spot));
                return null;
            }

            AtomicFile.Write(PathOf(digest), content);
            if (address.Pin is null)
            {
                problems.Add(Problem.Warning("unpinned-reference", $"{address.Address} may be another one tomorrow. Pin it: {Pinned(address, digest)}", reference.Spot));
            }

            return content;
        }
        catch (CloudException error)
        {
            problems.Add(Problem.Error(error.Status == StatusCode.NotFound ? "unknown-component" : "unreachable-reference", $"{address.Address} cannot be fetched: {error.Message}{WithoutNetwork(address, error)}", reference.Spot));
            return null;
        }
    }

    private Task<byte[]> DownloadAsync(ReferenceAddress address, CancellationToken cancel) => address switch
    {
        TemplateAddress template => DownloadAsync(template, cancel),
        _ => new PublicDownload(Patience).GetAsync(address.Address, Largest, cancel),
    };

    private async Task<byte[]> DownloadAsync(TemplateAddress address, CancellationToken cancel)
    {
        using var channels = new GrpcChannels(endpoint, Patience);
        var client = new KfpClient(channels);
        var template = address.Tag is null
            ? new UploadedTemplate(address.Repository, address.Package, address.Pin!.Value)
            : await client.ResolveTagAsync(address.Repository, address.Package, address.Tag, cancel)
                ?? throw new CloudException(StatusCode.NotFound, address.Address.Host, $"{address.Repository} has no '{address.Package}' with the tag '{address.Tag}'.");
        return await client.DownloadAsync(template, cancel);
    }

    private static string WithoutNetwork(ReferenceAddress address, CloudException error) => error.Status != StatusCode.Unavailable ? ""
        : $"{Environment.NewLine}{(address.Pin is null ? "Without a network, only what is pinned (#sha256:…) and has been fetched before is at hand." : "It is pinned, but has not been fetched to this machine before; with a network, once is enough.")}";

    private static string Pinned(ReferenceAddress address, Digest digest) =>
        address is TemplateAddress template ? $"{template.Repository}/{template.Package}/{digest}" : $"{address.Address}#{digest}";

    /// <summary>The copy, unless it was damaged.</summary>
    private byte[]? Kept(Digest digest) =>
        File.Exists(PathOf(digest)) && File.ReadAllBytes(PathOf(digest)) is var content && Digest.Of(content) == digest ? content : null;

    private string PathOf(Digest digest) => Path.Combine(folder, digest.Hex);
}

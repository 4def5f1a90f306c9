using System.Formats.Tar;
using System.IO.Compression;
using System.Text.Json.Nodes;
using MlOps.Containers.Build;
using MlOps.Core.Images;

namespace MlOps.Steps.Build;

/// <summary>
/// Rewrites an image archive (Docker image specification v1.2, "Combined Image JSON + Filesystem Changeset Format") as the SDK writes
/// it, so that publishing the same assemblies again gives the same image: the last layer, which is the application, gets its files in
/// order and with one time, and the config says that time instead of now.
/// </summary>
internal static class ImageArchive
{
    /// <param name="name">The name that the image gets when the engine loads the archive.</param>
    public static async Task NormaliseAsync(string archive, string target, ImageReference name, CancellationToken cancel)
    {
        var manifest = (await ReadJsonAsync(archive, "manifest.json", cancel))[0]!.AsObject();
        var config = (await ReadJsonAsync(archive, manifest["Config"]!.GetValue<string>(), cancel)).AsObject();
        var layers = manifest["Layers"]!.AsArray();
        var old = layers[^1]!.GetValue<string>();
        var layer = target + ".layer";
        try
        {
            var digest = await WriteLayerAsync(archive, old, layer, cancel);
            layers[^1] = $"{digest.Hex}/layer.tar";
            await WriteAsync(archive, target, layers, (layer, old), Adjust(config, digest), manifest, name, cancel);
        }
        finally
        {
            File.Delete(layer);
        }
    }

    private static byte[] Adjust(JsonObject config, Digest layer)
    {
        var time = ImageTime.Value.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", System.Globalization.CultureInfo.InvariantCulture);
        config["created"] = time;
        config["history"]!.AsArray()[^1]!["created"] = time;
        config["rootfs"]!["diff_ids"]!.AsArray()[^1] = layer.ToString();
        return System.Text.Encoding.UTF8.GetBytes(config.ToJsonString());
    }

    private static async Task WriteAsync(string archive, string target, JsonArray layers, (string Path, string Old) layer, byte[] config, JsonObject manifest, ImageReference name, CancellationToken cancel)
    {
        manifest["Config"] = $"{Digest.Of(config).Hex}.json";
        manifest["RepoTags"] = new JsonArray(name.ToString());
        var keep = layers.Select(one => one!.GetValue<string>()).ToHashSet(StringComparer.Ordinal);
        await using var output = File.Create(target);
        await using var tar = new TarWriter(output, TarEntryFormat.Gnu);
        await using (var input = File.OpenRead(archive))
        await using (var reader = new TarReader(input))
        {
            while (await reader.GetNextEntryAsync(copyData: false, cancel) is { } entry)
            {
                if (keep.Contains(entry.Name) && entry.Name != layer.Old)
                {
                    await tar.WriteEntryAsync(Entry(entry.Name, entry.DataStream), cancel);
                }
            }
        }

        await using var own = File.OpenRead(layer.Path);
        await tar.WriteEntryAsync(Entry(layers[^1]!.GetValue<string>(), own), cancel);
        await tar.WriteEntryAsync(Entry(manifest["Config"]!.GetValue<string>(), new MemoryStream(config)), cancel);
        await tar.WriteEntryAsync(Entry("manifest.json", new MemoryStream(System.Text.Encoding.UTF8.GetBytes(new JsonArray(manifest.DeepClone()).ToJsonString()))), cancel);
    }

    // The engine takes layers as they are or compressed; as they are, the digest is the layer's own.
    private static async Task<Digest> WriteLayerAsync(string archive, string name, string target, CancellationToken cancel)
    {
        var plain = target + ".plain";
        try
        {
            await UncompressAsync(archive, name, plain, cancel);
            await using (var input = File.OpenRead(plain))
            await using (var reader = new TarReader(input))
            await using (var output = File.Create(target))
            await using (var tar = new TarWriter(output, TarEntryFormat.Gnu))
            {
                var entries = new List<TarEntry>();
                while (await reader.GetNextEntryAsync(copyData: false, cancel) is { } entry)
                {
                    entries.Add(entry);
                }

                foreach (var entry in entries.OrderBy(entry => entry.Name.TrimEnd('/'), StringComparer.Ordinal))
                {
                    await tar.WriteEntryAsync(Same(entry), cancel);
                }
            }

            await using var written = File.OpenRead(target);
            return await Digest.OfAsync(written, cancel);
        }
        finally
        {
            File.Delete(plain);
        }
    }

    private static GnuTarEntry Same(TarEntry entry)
    {
        var type = entry.EntryType == TarEntryType.V7RegularFile ? TarEntryType.RegularFile : entry.EntryType;
        var same = new GnuTarEntry(type, entry.Name) { Mode = entry.Mode, Uid = entry.Uid, Gid = entry.Gid, ModificationTime = ImageTime.Value };
        if (type is TarEntryType.SymbolicLink or TarEntryType.HardLink)
        {
            same.LinkName = entry.LinkName;
        }
        else if (type == TarEntryType.RegularFile)
        {
            same.DataStream = entry.DataStream;
        }

        return same;
    }

    private static async Task UncompressAsync(string archive, string name, string target, CancellationToken cancel)
    {
        await using var input = File.OpenRead(archive);
        await using var entry = await OpenAsync(input, name, cancel);
        await using var output = File.Create(target);
        var gzip = entry.ReadByte() == 0x1f && entry.ReadByte() == 0x8b;
        entry.Position = 0;
        if (gzip)
        {
            await using var plain = new GZipStream(entry, CompressionMode.Decompress);
            await plain.CopyToAsync(output, cancel);
        }
        else
        {
            await entry.CopyToAsync(output, cancel);
        }
    }

    private static async Task<JsonNode> ReadJsonAsync(string archive, string name, CancellationToken cancel)
    {
        await using var input = File.OpenRead(archive);
        await using var entry = await OpenAsync(input, name, cancel);
        return await JsonNode.ParseAsync(entry, cancellationToken: cancel) ?? throw new InvalidDataException($"{name} in {archive} is null.");
    }

    private static async Task<Stream> OpenAsync(FileStream archive, string name, CancellationToken cancel)
    {
        var reader = new TarReader(archive, leaveOpen: true);
        while (await reader.GetNextEntryAsync(copyData: false, cancel) is { } entry)
        {
            if (entry.Name == name && entry.DataStream is { } content)
            {
                return content;
            }
        }

        throw new InvalidDataException($"There is no {name} in {archive.Name}.");
    }

    private static GnuTarEntry Entry(string name, Stream? content) => new(TarEntryType.RegularFile, name) { ModificationTime = ImageTime.Value, DataStream = content };
}

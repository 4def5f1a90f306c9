using System.Collections.Immutable;
using System.Text.RegularExpressions;
using MlOps.Containers;
using MlOps.Containers.Running;
using MlOps.Core.Images;

namespace MlOps.LocalCloud.Vertex.Jobs.Work;

/// <summary>
/// <c>/gcs</c> of a job's containers. Every bucket is there, writable: its folder in Storage is mounted, and what a
/// container puts into it is an object from the next call on. What it writes below a name that is no bucket yet becomes
/// one when the job has ended. Where the engine does not see this machine's files, the buckets that the job names are
/// copied in, and what has changed in them is copied out at the end.
/// </summary>
/// <param name="folder">The job's own, for work in progress.</param>
/// <param name="named">Text that names the buckets which the job cannot do without: <c>gs://BUCKET/…</c>, <c>/gcs/BUCKET/…</c>.</param>
internal sealed partial class BucketMounts(VertexOptions options, string folder, string named)
{
    private const string Root = "/gcs";
    private const UnixFileMode Everybody = (UnixFileMode)0b111_111_111;

    private string Unknown => Path.Combine(folder, "gcs");

    private string Fetched => Path.Combine(folder, "fetched");

    private ImmutableArray<string> Named => [.. BucketName().Matches(named).Select(match => match.Groups["bucket"].Value).Distinct(StringComparer.Ordinal)];

    private IEnumerable<string> Known => new DirectoryInfo(options.StorageFolder).EnumerateDirectories().Select(found => found.Name).Where(name => name[0] != '.');

    /// <summary>Makes the buckets that the job names, and the job's folder.</summary>
    /// <param name="outputFolder"><c>gs://BUCKET/FOLDER</c> in which the image's user, whoever that is, must be able to write; null for none.</param>
    public void Prepare(string? outputFolder)
    {
        Remove();
        Directory.CreateDirectory(options.StorageFolder);
        foreach (var bucket in Named)
        {
            Directory.CreateDirectory(Path.Combine(options.StorageFolder, bucket));
        }

        Directory.CreateDirectory(Unknown);
        Open(Unknown);
        foreach (var bucket in Known)
        {
            // The places on which the buckets are mounted are ours, not the engine's.
            Directory.CreateDirectory(Path.Combine(Unknown, bucket));
        }

        if (outputFolder is not null)
        {
            var output = Path.Combine(options.StorageFolder, outputFolder["gs://".Length..]);
            Directory.CreateDirectory(output);
            Open(output);
        }
    }

    public ImmutableArray<ContainerMount> Mounts() =>
        [ContainerMount.Bind(Unknown, Root), .. Known.Order(StringComparer.Ordinal).Select(bucket => ContainerMount.Bind(Path.Combine(options.StorageFolder, bucket), $"{Root}/{bucket}"))];

    public async Task SendAsync(ContainerEngine engine, string container, CancellationToken cancel)
    {
        foreach (var bucket in Named)
        {
            await engine.Containers.CopyInAsync(container, Path.Combine(options.StorageFolder, bucket), $"{Root}/{bucket}", default, cancel);
        }
    }

    /// <summary>The counterpart of <see cref="SendAsync"/>, once the container has ended.</summary>
    public async Task FetchAsync(ContainerEngine engine, string container, string replica)
    {
        var target = Path.Combine(Fetched, replica);
        if (await engine.Containers.CopyOutAsync(container, Root, target, CancellationToken.None))
        {
            await ImportAsync(target, await ChangedAsync(target));
        }
    }

    /// <summary>Makes objects of what was written below names that were no buckets.</summary>
    public Task ImportAsync() => ImportAsync(Unknown, Files(Unknown));

    /// <summary>Removes what is left; files of another user that cannot be removed stay.</summary>
    public void Remove()
    {
        try
        {
            if (Directory.Exists(folder))
            {
                Directory.Delete(folder, recursive: true);
            }
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // The next job has a folder of its own.
        }
    }

    private async Task ImportAsync(string root, IEnumerable<string> files)
    {
        foreach (var file in files)
        {
            var slash = file.IndexOf('/', StringComparison.Ordinal);
            if (slash > 0)
            {
                await options.ImportAsync(file[..slash], file[(slash + 1)..], Path.Combine(root, file), CancellationToken.None);
            }
        }
    }

    private async Task<List<string>> ChangedAsync(string root)
    {
        var changed = new List<string>();
        foreach (var file in Files(root))
        {
            var stored = Path.Combine(options.StorageFolder, file);
            if (!File.Exists(stored) || await ContentAsync(stored) != await ContentAsync(Path.Combine(root, file)))
            {
                changed.Add(file);
            }
        }

        return changed;
    }

    private static async Task<Digest> ContentAsync(string path)
    {
        await using var content = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        return await Digest.OfAsync(content, CancellationToken.None);
    }

    private static List<string> Files(string root) => Directory.Exists(root)
        ? [.. Directory.EnumerateFiles(root, "*", new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = FileAttributes.ReparsePoint })
            .Select(file => Path.GetRelativePath(root, file).Replace(Path.DirectorySeparatorChar, '/')).Order(StringComparer.Ordinal)]
        : [];

    private static void Open(string path)
    {
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(path, Everybody);
        }
    }

    [GeneratedRegex(@"(?:gs://|/gcs/)(?<bucket>[a-z0-9][a-z0-9._-]{1,220}[a-z0-9])(?=[/""'\s\\,]|$)")]
    private static partial Regex BucketName();
}

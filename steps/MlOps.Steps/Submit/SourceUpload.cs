using System.Globalization;
using Google.Cloud.CloudBuild.V1;
using Grpc.Core;
using MlOps.Core.Problems;
using MlOps.Google.Errors;
using MlOps.Google.Storage;

namespace MlOps.Steps.Submit;

/// <summary>Brings a source to where Cloud Build fetches it.</summary>
internal sealed class SourceUpload(StorageClient storage, string project, TimeProvider time, Action<string> line)
{
    private const long Large = 1L << 30;

    /// <summary>The source of the build; null for none.</summary>
    public async Task<Source?> BringAsync(SourceChoice choice, SubmitOptions options, CancellationToken cancel)
    {
        switch (choice)
        {
            case SourceChoice.Folder folder:
                return await FolderAsync(folder, options, cancel);
            case SourceChoice.Archive archive:
                return await FileAsync(archive.Path, Path.GetExtension(archive.Path), options, cancel);
            case SourceChoice.Stored stored:
                return await StoredAsync(stored.Uri, cancel);
            case SourceChoice.Git git:
                return new Source { GitSource = new GitSource { Url = git.Url, Revision = options.Revision ?? "", Dir = options.Directory ?? "" } };
            case SourceChoice.Connected connected:
                return new Source { ConnectedRepository = new ConnectedRepository { Repository = connected.Resource, Revision = options.Revision ?? "", Dir = options.Directory ?? "" } };
            default:
                return null;
        }
    }

    private async Task<Source> FolderAsync(SourceChoice.Folder folder, SubmitOptions options, CancellationToken cancel)
    {
        var listing = folder.Listing;
        var left = listing.Ignored.IsEmpty ? "" : $", {Quantity.Of(listing.Ignored.Length, "path")} left out by {folder.IgnoreFile ?? "the rules for git"}";
        line($"Archiving {Quantity.Of(listing.Files, "file")} of {folder.Path}, {Quantity.OfBytes(listing.Size)}{left}.");
        if (listing.Size > Large)
        {
            line($"warning: that is much for each build. The largest: {string.Join(", ", Largest(listing))}. Name in {IgnoreRules.FileName} what the build does not need.");
        }

        var temporary = Directory.CreateTempSubdirectory("mlops-submit-").FullName;
        try
        {
            var archive = Path.Combine(temporary, "source.tgz");
            await SourceArchive.WriteAsync(listing, archive, cancel);
            return await FileAsync(archive, ".tgz", options, cancel);
        }
        finally
        {
            Directory.Delete(temporary, recursive: true);
        }
    }

    private async Task<Source> FileAsync(string path, string extension, SubmitOptions options, CancellationToken cancel)
    {
        var now = time.GetUtcNow();
        var stamp = (now - DateTimeOffset.UnixEpoch).TotalSeconds.ToString("0.000000", CultureInfo.InvariantCulture);
        var place = await StagingAsync(options, cancel);
        var target = place.Below($"{stamp}-{Guid.NewGuid():N}{extension}");
        line($"Uploading {Quantity.OfBytes(new FileInfo(path).Length)} to {target}.");
        var written = await storage.UploadFileAsync(target.Bucket, target.Name, path, cancel, new UploadOptions { ContentType = extension == ".zip" ? "application/zip" : "application/x-tar" });
        return new Source { StorageSource = new StorageSource { Bucket = written.Bucket, Object = written.Name, Generation = written.Generation } };
    }

    private async Task<Source> StoredAsync(GcsUri uri, CancellationToken cancel)
    {
        var found = await storage.GetAsync(uri.Bucket, uri.Name, cancel)
            ?? throw new InvalidInputException("no-source", $"There is no object {uri}.");
        return uri.Name.EndsWith(".json", StringComparison.Ordinal)
            ? new Source { StorageSourceManifest = new StorageSourceManifest { Bucket = uri.Bucket, Object = uri.Name, Generation = found.Generation } }
            : new Source { StorageSource = new StorageSource { Bucket = uri.Bucket, Object = uri.Name, Generation = found.Generation } };
    }

    /// <summary>A bucket of the default name may be somebody else's, who would then get the source: it must be this project's.</summary>
    private async Task<GcsUri> StagingAsync(SubmitOptions options, CancellationToken cancel)
    {
        if (options.StagingDirectory is { } given)
        {
            return GcsUri.TryParse(given, out var uri) ? uri : throw new InvalidInputException("bad-staging", $"--gcs-source-staging-dir {given}: expected gs://BUCKET or gs://BUCKET/FOLDER.");
        }

        // As gcloud names it; 'google' is not allowed in a bucket's name.
        var bucket = project.Replace(':', '_').Replace('.', '_').Replace("google", "elgoog", StringComparison.Ordinal) + "_cloudbuild";
        try
        {
            if (await storage.GetBucketAsync(bucket, cancel) is null)
            {
                await storage.CreateBucketAsync(project, bucket, "US", cancel);
            }
            else if (!await storage.OwnsBucketAsync(project, bucket, cancel))
            {
                throw NotOurs(bucket);
            }
        }
        catch (CloudException error) when (error.Status == StatusCode.PermissionDenied)
        {
            throw NotOurs(bucket, error);
        }

        return new GcsUri(bucket, "source");
    }

    private InvalidInputException NotOurs(string bucket, CloudException? error = null) => new(
        "staging-bucket",
        $"gs://{bucket}, to which sources of {project} are uploaded, is not for you to use{(error is null ? ": it belongs to another project" : $": {error.Message.ReplaceLineEndings(" ")}")}. Name a bucket with --gcs-source-staging-dir gs://BUCKET/source, or use --no-source.");

    private static IEnumerable<string> Largest(SourceListing listing) => listing.Entries
        .GroupBy(entry => entry.Path.Split('/')[0], entry => entry.Size)
        .Select(top => (top.Key, Size: top.Sum())).OrderByDescending(top => top.Size).Take(3)
        .Select(top => $"{top.Key} ({Quantity.OfBytes(top.Size)})");
}

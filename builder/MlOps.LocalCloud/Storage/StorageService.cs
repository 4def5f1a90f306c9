using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using MlOps.LocalCloud.Hosting;

namespace MlOps.LocalCloud.Storage;

/// <summary>Cloud Storage, put together.</summary>
internal sealed class StorageService : IDisposable
{
    private readonly StorageApi _api;
    private readonly XmlObjects _xml;

    public StorageService(CloudDatabase database, LocalCloudOptions options)
    {
        Folder = Path.Combine(options.StateFolder, "storage");
        var files = new ObjectFiles(Folder);
        var buckets = new BucketStore(database, files, options.Time);
        Objects = new ObjectStore(database, files, buckets, options.Time, options.CreateOnWrite);
        var uploads = new UploadCalls(buckets, Objects, files, new UploadSessions(database, files, options.Time), options.CreateOnWrite);
        _xml = new XmlObjects(buckets, Objects, (bucket, name) => LiveLog(bucket, name));
        _api = new StorageApi(new BucketCalls(buckets), new ObjectCalls(buckets, Objects), new CopyCalls(Objects, files), uploads);
    }

    /// <summary>Objects as plain files: <c>BUCKET/NAME</c>.</summary>
    public string Folder { get; }

    public ObjectStore Objects { get; }

    /// <summary>The file in which the log of a running build grows, by the bucket and object that it is to become; null for none.</summary>
    public Func<string, string, string?> LiveLog { get; set; } = (_, _) => null;

    public void Map(IEndpointRouteBuilder routes)
    {
        foreach (var route in StorageApi.Routes)
        {
            routes.Map(route, _api.AnswerAsync);
        }

        routes.Map(XmlObjects.Route, _xml.AnswerAsync);
    }

    public void Dispose() => Objects.Dispose();
}

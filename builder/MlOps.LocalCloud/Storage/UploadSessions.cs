using System.Text.Json;
using System.Text.Json.Serialization;
using MlOps.LocalCloud.Hosting;

namespace MlOps.LocalCloud.Storage;

/// <summary>What an upload was begun with, kept until its bytes are complete.</summary>
internal sealed record UploadRequest(string Bucket, string Name, string Attributes, Preconditions Preconditions, string? Md5, string? Crc32C);

/// <summary>A resumable upload; <see cref="Result"/> is the object's resource once it is written.</summary>
internal sealed record UploadSession(string Id, UploadRequest Request, string? Result);

/// <summary>Resumable uploads: a row and a staged file each, so that they go on after a restart. Forgotten after a week.</summary>
internal sealed class UploadSessions(CloudDatabase database, ObjectFiles files, TimeProvider time)
{
    public static readonly TimeSpan Lifetime = TimeSpan.FromDays(7);

    public UploadSession Begin(UploadRequest request)
    {
        var session = new UploadSession(Guid.NewGuid().ToString("N"), request, Result: null);
        var now = time.GetUtcNow();
        database.Write(connection =>
        {
            connection.Execute("DELETE FROM uploads WHERE created < $old", ("$old", (now - Lifetime).ToUnixTimeMilliseconds()));
            return connection.Execute(
                "INSERT INTO uploads (id, bucket, name, request, created) VALUES ($id, $bucket, $name, $request, $now)",
                ("$id", session.Id),
                ("$bucket", request.Bucket),
                ("$name", request.Name),
                ("$request", JsonSerializer.Serialize(request, UploadJson.Default.UploadRequest)),
                ("$now", now.ToUnixTimeMilliseconds()));
        });
        Directory.CreateDirectory(files.StagingFolder);
        File.Create(Staged(session)).Dispose();
        return session;
    }

    /// <exception cref="StorageFault">404: never begun, abandoned or too old.</exception>
    public UploadSession Get(string bucket, string id)
    {
        var session = database.Read(connection => connection.First(
            "SELECT request, result FROM uploads WHERE id = $id AND bucket = $bucket",
            row => new UploadSession(id, JsonSerializer.Deserialize(row.GetString(0), UploadJson.Default.UploadRequest)!, row.Text(1)),
            ("$id", id),
            ("$bucket", bucket)));
        return session is not null && (session.Result is not null || File.Exists(Staged(session)))
            ? session
            : throw new StorageFault(404, "notFound", "The resumable upload does not exist: begun more than a week ago, ended, or never begun.");
    }

    public string Staged(UploadSession session) => Path.Combine(files.StagingFolder, session.Id);

    public void Finish(UploadSession session, string result) =>
        database.Write(connection => connection.Execute("UPDATE uploads SET result = $result WHERE id = $id", ("$result", result), ("$id", session.Id)));

    public void Forget(UploadSession session)
    {
        database.Write(connection => connection.Execute("DELETE FROM uploads WHERE id = $id", ("$id", session.Id)));
        File.Delete(Staged(session));
    }
}

[JsonSerializable(typeof(UploadRequest))]
internal sealed partial class UploadJson : JsonSerializerContext;

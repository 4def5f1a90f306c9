using Google.Cloud.AIPlatform.V1;
using Google.Protobuf;
using MlOps.LocalCloud.Hosting;

namespace MlOps.LocalCloud.Vertex.Pipelines.Tables;

/// <summary>Artifacts that runs have made or imported, by their full name in the metadata store.</summary>
internal sealed class ArtifactTable(CloudDatabase database)
{
    public void Put(IEnumerable<Artifact> artifacts)
    {
        var messages = artifacts.ToList();
        if (messages.Count > 0)
        {
            database.Write(connection => messages.Sum(artifact => connection.Execute(
                "INSERT OR REPLACE INTO pipeline_artifacts (name, message) VALUES ($name, $message)", ("$name", artifact.Name), ("$message", artifact.ToByteArray()))));
        }
    }

    public Artifact? Find(string name) => database.Read(connection => connection.First(
        "SELECT message FROM pipeline_artifacts WHERE name = $name", row => Artifact.Parser.ParseFrom(row.GetFieldValue<byte[]>(0)), ("$name", name)));
}

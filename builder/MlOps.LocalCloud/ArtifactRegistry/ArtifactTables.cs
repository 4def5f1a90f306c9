namespace MlOps.LocalCloud.ArtifactRegistry;

/// <summary>
/// Repositories and what is in them. A version is an image manifest or an uploaded pipeline, its id the digest of
/// <c>content</c>, its bytes as they came; a package is the versions and tags of one name. Times are milliseconds since 1970.
/// </summary>
internal static class ArtifactTables
{
    public const string Schema = """
        CREATE TABLE IF NOT EXISTS repositories (
            name TEXT PRIMARY KEY, parent TEXT NOT NULL, format INTEGER NOT NULL, immutable INTEGER NOT NULL, message BLOB NOT NULL) WITHOUT ROWID;
        CREATE TABLE IF NOT EXISTS versions (
            repository TEXT NOT NULL, package TEXT NOT NULL, id TEXT NOT NULL, media_type TEXT NOT NULL, artifact_type TEXT, subject TEXT,
            description TEXT NOT NULL, size INTEGER NOT NULL, built INTEGER, created INTEGER NOT NULL, updated INTEGER NOT NULL,
            annotations TEXT NOT NULL, content BLOB NOT NULL, PRIMARY KEY (repository, package, id));
        CREATE INDEX IF NOT EXISTS versions_about ON versions (repository, package, subject) WHERE subject IS NOT NULL;
        CREATE TABLE IF NOT EXISTS tags (
            repository TEXT NOT NULL, package TEXT NOT NULL, tag TEXT NOT NULL, version TEXT NOT NULL, updated INTEGER NOT NULL,
            PRIMARY KEY (repository, package, tag)) WITHOUT ROWID;
        CREATE INDEX IF NOT EXISTS tags_of_version ON tags (repository, package, version);
        """;
}

/// <summary>A package: a container image's name or a pipeline's, which may hold slashes.</summary>
internal sealed record PackageName(Google.Registry.RepositoryName Repository, string Package)
{
    /// <summary>As a resource: a slash in the package's name is written <c>%2F</c>.</summary>
    public override string ToString() => $"{Repository}/packages/{Uri.EscapeDataString(Package)}";
}

/// <summary>A version, without its content.</summary>
/// <param name="Package">Whose version it is.</param>
/// <param name="Id"><c>sha256:…</c> of the content.</param>
/// <param name="MediaType">Of the content.</param>
/// <param name="ArtifactType">What the manifest says that it is; null for none.</param>
/// <param name="Subject">The digest of the manifest that this one is about; null for none.</param>
/// <param name="Description">For people.</param>
/// <param name="Size">An image's size with its layers; else the content's. Bytes.</param>
/// <param name="Built">When the image says that it was made.</param>
/// <param name="Created">When it was first uploaded.</param>
/// <param name="Updated">When it was last uploaded, or a tag moved to it.</param>
/// <param name="Annotations">JSON map of texts.</param>
internal sealed record StoredVersion(
    PackageName Package,
    string Id,
    string MediaType,
    string? ArtifactType,
    string? Subject,
    string Description,
    long Size,
    long? Built,
    long Created,
    long Updated,
    string Annotations);

internal sealed record StoredTag(PackageName Package, string Tag, string Version);

/// <summary>A tag that exists may not move or go: its repository has immutable tags.</summary>
internal sealed class ImmutableTagException(string tag) : Exception($"cannot update tag {tag}. The repository has enabled tag immutability");

namespace MlOps.LocalCloud.Storage;

/// <summary>The current generation of an object. Times are milliseconds since 1970.</summary>
/// <param name="Bucket">Its bucket.</param>
/// <param name="Name">Its name, any text of up to 1024 bytes.</param>
/// <param name="File">Where its bytes are, relative to the storage folder.</param>
/// <param name="Modified">That file's time (ticks): with its size it tells whether somebody else wrote it.</param>
/// <param name="Staged">The bytes' place until they are moved to <paramref name="File"/>; a restart after a kill ends the move.</param>
/// <param name="Hashes">Length and checksums.</param>
/// <param name="Generation">Of the content; grows with every write.</param>
/// <param name="Metageneration">Of the metadata of this generation, from 1.</param>
/// <param name="Created">When this generation was written.</param>
/// <param name="Updated">When its metadata was last changed.</param>
/// <param name="Components">How many objects a composed one was made of; composed ones have no MD5.</param>
/// <param name="Attributes">What the client may set, as JSON: contentType, metadata, …</param>
internal sealed record StoredObject(
    string Bucket,
    string Name,
    string File,
    long Modified,
    string? Staged,
    ContentHashes Hashes,
    long Generation,
    long Metageneration,
    long Created,
    long Updated,
    long? Components,
    string Attributes);

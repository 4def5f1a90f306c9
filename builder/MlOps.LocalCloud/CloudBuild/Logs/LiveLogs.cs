using System.Collections.Concurrent;

namespace MlOps.LocalCloud.CloudBuild.Logs;

/// <summary>The logs of builds that run, which grow in files until they become objects of Storage.</summary>
internal sealed class LiveLogs
{
    private readonly ConcurrentDictionary<(string Bucket, string Object), string> _paths = new();

    /// <summary>
    /// The file of a log that is an object to be; null for any other object. It may be moved away at any moment: where it is
    /// gone, the object is there, or about to be.
    /// </summary>
    public string? PathOf(string bucket, string name) => _paths.GetValueOrDefault((bucket, name));

    public void Add(string bucket, string name, string path) => _paths[(bucket, name)] = path;

    public void Remove(string bucket, string name) => _paths.TryRemove((bucket, name), out _);
}

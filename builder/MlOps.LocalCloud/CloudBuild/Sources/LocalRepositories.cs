using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.RegularExpressions;
using Google.Cloud.CloudBuild.V1;
using MlOps.Core.Files;
using MlOps.Core.Problems;

namespace MlOps.LocalCloud.CloudBuild.Sources;

/// <summary>A git repository on this machine that stands for a remote one.</summary>
/// <param name="Name">As Cloud Source Repositories name it, and the last part of a connected repository's resource name.</param>
/// <param name="Urls">Remote addresses and resource names (<c>projects/…/repositories/R</c>) that it answers to.</param>
/// <param name="Path">Its folder; a bare repository, or one with a working tree.</param>
public sealed record LocalRepository(string Name, ImmutableArray<string> Urls, string Path);

/// <summary>
/// Which repositories are known on this machine: one file each, <c>git/NAME.json</c> in the cloud's state, so that a process that
/// watches a repository and the cloud need not talk to each other.
/// </summary>
public sealed partial class LocalRepositories(string stateFolder)
{
    /// <summary>Where repositories and their files are.</summary>
    public string Folder { get; } = Path.Combine(stateFolder, "git");

    /// <summary>The place for a bare repository of that name.</summary>
    public string BareFolder(string name) => Path.Combine(Folder, Checked(name) + ".git");

    /// <summary>Makes a repository known, or changes what is known of it.</summary>
    /// <exception cref="InvalidInputException">The name is none.</exception>
    public void Register(string name, IEnumerable<string> urls, string path)
    {
        var repository = new LocalRepository(Checked(name), [.. urls], Path.GetFullPath(path));
        AtomicFile.Write(Path.Combine(Folder, name + ".json"), JsonSerializer.SerializeToUtf8Bytes(repository, RepositoryJson.Default.LocalRepository));
    }

    public ImmutableArray<LocalRepository> All() => Directory.Exists(Folder)
        ? [.. Directory.EnumerateFiles(Folder, "*.json").Order(StringComparer.Ordinal).Select(Read).OfType<LocalRepository>().Where(one => Directory.Exists(one.Path))]
        : [];

    /// <summary>The folder that stands for a build's source; null where none does, and for sources that are no repository.</summary>
    public string? PathOf(Source source) => source.SourceCase switch
    {
        Source.SourceOneofCase.GitSource => PathOfUrl(source.GitSource.Url),
        Source.SourceOneofCase.RepoSource => PathOfName(source.RepoSource.RepoName),
        Source.SourceOneofCase.ConnectedRepository => PathOfResource(source.ConnectedRepository.Repository),
        _ => null,
    };

    public string? PathOfUrl(string url) =>
        All().FirstOrDefault(one => one.Urls.Any(known => RepositoryAddress.Same(known, url)))?.Path;

    /// <summary>By a connected repository's full resource name; else by its last part.</summary>
    public string? PathOfResource(string resource) =>
        All().FirstOrDefault(one => one.Urls.Contains(resource, StringComparer.Ordinal))?.Path ?? PathOfName(resource[(resource.LastIndexOf('/') + 1)..]);

    public string? PathOfName(string name) => All().FirstOrDefault(one => one.Name == name)?.Path;

    private static string Checked(string name) => Grammar().IsMatch(name)
        ? name
        : throw new InvalidInputException("bad-repository-name", $"'{name}' is no repository's name: expected letters, digits, '.', '_' and '-', a letter or digit first.");

    private static LocalRepository? Read(string file)
    {
        try
        {
            return JsonSerializer.Deserialize(File.ReadAllBytes(file), RepositoryJson.Default.LocalRepository);
        }
        catch (Exception error) when (error is JsonException or IOException)
        {
            // Removed or damaged by hand: as if it were not there.
            return null;
        }
    }

    [GeneratedRegex(@"\A[A-Za-z0-9][A-Za-z0-9._-]{0,127}\z", RegexOptions.CultureInvariant)]
    private static partial Regex Grammar();
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, WriteIndented = true)]
[JsonSerializable(typeof(LocalRepository))]
internal sealed partial class RepositoryJson : JsonSerializerContext;

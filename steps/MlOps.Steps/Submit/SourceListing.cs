using System.Collections.Immutable;
using MlOps.Core.Files;

namespace MlOps.Steps.Submit;

/// <summary>A file, folder or link of a source.</summary>
/// <param name="Path">Relative to the source's folder, with <c>/</c>.</param>
public sealed record SourceEntry(string Path, FileSystemInfo Info)
{
    /// <summary>Bytes of content; 0 for folders and links.</summary>
    public long Size => Info is FileInfo { LinkTarget: null } file ? file.Length : 0;
}

/// <summary>What is uploaded of a folder, as gcloud chooses it: links are kept as links and not followed; those that lead nowhere are left out.</summary>
/// <param name="Entries">By path: a folder before what it holds.</param>
/// <param name="Ignored">Paths that rules leave out; of an ignored folder, the folder only.</param>
public sealed record SourceListing(ImmutableArray<SourceEntry> Entries, ImmutableArray<string> Ignored)
{
    public int Files => Entries.Count(entry => entry.Info is FileInfo);

    /// <summary>Bytes before compression.</summary>
    public long Size => Entries.Sum(entry => entry.Size);

    public static SourceListing Of(string folder, IgnoreRules rules)
    {
        var entries = ImmutableArray.CreateBuilder<SourceEntry>();
        var ignored = ImmutableArray.CreateBuilder<string>();
        Walk(new DirectoryInfo(folder), "");
        return new SourceListing(entries.ToImmutable(), ignored.ToImmutable());

        void Walk(DirectoryInfo at, string prefix)
        {
            foreach (var info in at.EnumerateFileSystemInfos().OrderBy(info => info.Name, StringComparer.Ordinal))
            {
                var path = prefix + info.Name;
                // A link to a folder counts as one.
                var isFolder = info is DirectoryInfo;
                if (rules.Ignores(path, isFolder))
                {
                    ignored.Add(path);
                    continue;
                }

                if (!IsTaken(info))
                {
                    continue;
                }

                entries.Add(new SourceEntry(path, info));
                if (info is DirectoryInfo { LinkTarget: null } below)
                {
                    Walk(below, path + "/");
                }
            }
        }
    }

    /// <summary>Not sockets, pipes and devices, which have no content, nor links that lead nowhere.</summary>
    private static bool IsTaken(FileSystemInfo info) => info switch
    {
        { LinkTarget: not null } => LeadsSomewhere(info),
        FileInfo file => RegularFile.Is(file),
        _ => true,
    };

    private static bool LeadsSomewhere(FileSystemInfo link)
    {
        try
        {
            return link.ResolveLinkTarget(returnFinalTarget: true)?.Exists == true;
        }
        catch (IOException)
        {
            // It leads to itself.
            return false;
        }
    }
}

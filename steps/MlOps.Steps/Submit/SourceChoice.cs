using System.Text.RegularExpressions;
using MlOps.Core.Problems;
using MlOps.Google.Storage;

namespace MlOps.Steps.Submit;

/// <summary>What kind of source was named; all that can be said without the cloud is said here.</summary>
internal abstract partial record SourceChoice
{
    private static readonly string[] Archives = [".zip", ".tgz", ".gz"];

    private SourceChoice()
    {
    }

    public sealed record None : SourceChoice;

    public sealed record Folder(string Path, SourceListing Listing, string? IgnoreFile) : SourceChoice;

    public sealed record Archive(string Path) : SourceChoice;

    public sealed record Stored(GcsUri Uri) : SourceChoice;

    public sealed record Git(string Url) : SourceChoice;

    public sealed record Connected(string Resource) : SourceChoice;

    /// <returns>Null where there are errors.</returns>
    public static SourceChoice? Of(SubmitOptions options, ICollection<Problem> problems)
    {
        if (options.Source is not { } source)
        {
            return new None();
        }

        var choice = source.StartsWith("gs://", StringComparison.Ordinal) ? OfStorage(source, problems)
            : source.StartsWith("http://", StringComparison.Ordinal) || source.StartsWith("https://", StringComparison.Ordinal) ? new Git(source)
            : RepositoryResource().IsMatch(source) ? new Connected(source)
            : Link().IsMatch(source) ? Refused(problems, "not-supported", $"{source}: Developer Connect is not in this version's API. Name the repository's address instead: https://….")
            : System.IO.Directory.Exists(source) ? OfFolder(source, options, problems)
            : OfFile(source, problems);
        RefuseRevision(options, choice, problems);
        return choice;
    }

    private static SourceChoice? OfFolder(string source, SubmitOptions options, ICollection<Problem> problems)
    {
        IgnoreRules rules;
        try
        {
            rules = IgnoreRules.Of(source, options.IgnoreFile);
        }
        catch (InvalidInputException invalid)
        {
            foreach (var problem in invalid.Problems)
            {
                problems.Add(problem);
            }

            return null;
        }

        var listing = SourceListing.Of(source, rules);
        if (listing.Files == 0)
        {
            var why = listing.Ignored.IsEmpty ? "It is empty" : $"Every file of it is left out by {rules.File ?? "the rules for git"}";
            return Refused(problems, "empty-source", $"{source}: there is nothing to upload. {why}; use --no-source for a build that needs no files.");
        }

        if (options.Tag is not null && !listing.Entries.Any(entry => entry.Path == "Dockerfile"))
        {
            var why = listing.Ignored.Contains("Dockerfile", StringComparer.Ordinal) ? $"is left out by {rules.File}" : "is not there";
            return Refused(problems, "no-dockerfile", $"--tag builds {source}/Dockerfile, which {why}.");
        }

        return new Folder(source, listing, rules.File);
    }

    private static SourceChoice? OfFile(string source, ICollection<Problem> problems)
    {
        if (!File.Exists(source))
        {
            return Refused(problems, "no-source", $"There is no file or folder '{source}'.{Near(source)} Expected a folder, an archive (.tgz, .tar.gz, .zip), gs://BUCKET/OBJECT or https://….");
        }

        return Archives.Contains(Path.GetExtension(source), StringComparer.Ordinal)
            ? IsArchive(source) ? new Archive(source) : Refused(problems, "bad-source", $"{source} is {(new FileInfo(source).Length == 0 ? "empty" : "named like an archive, and its content is none")}; expected what 'tar -czf' or 'zip' makes.")
            : Refused(problems, "bad-source", $"{source} is a file, and none of {string.Join(", ", Archives)}. Name the folder that it is in{(Path.GetFileName(source).StartsWith("cloudbuild", StringComparison.Ordinal) ? $", and the build's file by --config {source}" : "")}.");
    }

    private static SourceChoice? OfStorage(string source, ICollection<Problem> problems) => GcsUri.TryParse(source, out var uri) && uri.Name.Length > 0
        ? new Stored(uri)
        : Refused(problems, "bad-source", $"{source} is no object in Storage; expected gs://BUCKET/OBJECT.");

    private static void RefuseRevision(SubmitOptions options, SourceChoice? choice, ICollection<Problem> problems)
    {
        if (choice is not (null or Git or Connected) && (options.Revision ?? options.Directory) is not null)
        {
            problems.Add(Problem.Error("not-a-repository", "A revision and a directory in it are for sources that are repositories (https://…, projects/…/repositories/R); a folder is uploaded as it is."));
        }
    }

    /// <summary>By its first bytes: gzip's (RFC 1952) or those of zip's local files and of its empty archive.</summary>
    private static bool IsArchive(string source)
    {
        Span<byte> first = stackalloc byte[4];
        using var file = File.OpenRead(source);
        var read = first[..file.ReadAtLeast(first, first.Length, throwOnEndOfStream: false)];
        return Path.GetExtension(source) == ".zip" ? read.SequenceEqual("PK\x3\x4"u8) || read.SequenceEqual("PK\x5\x6"u8) : read.StartsWith((ReadOnlySpan<byte>)[0x1F, 0x8B]);
    }

    private static string Near(string source)
    {
        var folder = Path.GetDirectoryName(source) is { Length: > 0 } above ? above : ".";
        return System.IO.Directory.Exists(folder) ? Suggestion.For(Path.GetFileName(source), System.IO.Directory.EnumerateFileSystemEntries(folder).Select(path => Path.GetFileName(path)).Where(name => name[0] != '.').Take(200)) : "";
    }

    private static SourceChoice? Refused(ICollection<Problem> problems, string code, string message)
    {
        problems.Add(Problem.Error(code, message));
        return null;
    }

    [GeneratedRegex("^projects/.*/locations/.*/connections/.*/repositories/.*$")]
    private static partial Regex RepositoryResource();

    [GeneratedRegex("^projects/.*/locations/.*/connections/.*/gitRepositoryLinks/.*$")]
    private static partial Regex Link();
}

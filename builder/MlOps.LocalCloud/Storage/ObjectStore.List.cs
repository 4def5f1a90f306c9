namespace MlOps.LocalCloud.Storage;

/// <summary>What a list asks for; <see cref="PageToken"/> is <see cref="ObjectPage.NextPageToken"/> of the page before.</summary>
internal sealed record ObjectQuery(string Prefix, string? Delimiter, int MaxResults, string? PageToken, string? StartOffset, string? EndOffset, bool IncludeTrailingDelimiter);

internal sealed record ObjectPage(List<StoredObject> Items, List<string> Prefixes, string? NextPageToken);

/// <content>Lists.</content>
internal sealed partial class ObjectStore
{
    public async Task<ObjectPage> ListAsync(string bucket, ObjectQuery query, CancellationToken cancel)
    {
        await TakeInAsync(bucket, query.Prefix, cancel);
        var token = PageToken.Parse(query.PageToken);
        var rows = database.Read(connection => ObjectTable.Below(connection, bucket, query.Prefix, token.After));
        List<StoredObject> items = [];
        List<string> prefixes = [];
        foreach (var row in rows.Where(row => IsWithin(row.Name, query) && !token.Covers(row.Name)))
        {
            var group = Group(row.Name, query);
            if (group is not null && prefixes is [.., var last] && last == group && !(query.IncludeTrailingDelimiter && row.Name == group))
            {
                continue;
            }

            if (items.Count + prefixes.Count >= query.MaxResults)
            {
                return new(items, prefixes, PageToken.Write(items, prefixes));
            }

            if (group is null || (query.IncludeTrailingDelimiter && row.Name == group))
            {
                items.Add(row);
            }

            if (group is not null && !prefixes.Contains(group))
            {
                prefixes.Add(group);
            }
        }

        return new(items, prefixes, NextPageToken: null);
    }

    /// <summary>The name up to the first delimiter after the prefix; null where it has none.</summary>
    private static string? Group(string name, ObjectQuery query)
    {
        var at = string.IsNullOrEmpty(query.Delimiter) ? -1 : name.IndexOf(query.Delimiter, query.Prefix.Length, StringComparison.Ordinal);
        return at < 0 ? null : name[..(at + query.Delimiter!.Length)];
    }

    private static bool IsWithin(string name, ObjectQuery query) =>
        (query.StartOffset is null || string.CompareOrdinal(name, query.StartOffset) >= 0) && (query.EndOffset is null || string.CompareOrdinal(name, query.EndOffset) < 0);

    /// <summary>Takes in the files that somebody wrote, changed or removed without asking the API.</summary>
    private async Task TakeInAsync(string bucket, string prefix, CancellationToken cancel)
    {
        var rows = database.Read(connection => ObjectTable.Below(connection, bucket, prefix)).ToDictionary(row => row.Name, StringComparer.Ordinal);
        List<string> differing = [];
        foreach (var (name, size, modified) in files.Below(bucket, prefix))
        {
            if (!rows.Remove(name, out var row) || row.Staged is not null || (row.Hashes.Size, row.Modified) != (size, modified))
            {
                differing.Add(name);
            }
        }

        differing.AddRange(rows.Values.Where(row => !IsAsStored(row)).Select(row => row.Name));
        foreach (var name in differing)
        {
            await AloneAsync(() => CurrentAsync(bucket, name, cancel), cancel);
        }
    }
}

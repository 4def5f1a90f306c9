using System.Buffers.Text;
using System.Text;

namespace MlOps.LocalCloud.Storage;

/// <summary>Where a list goes on: after an object's name, or after everything below a prefix.</summary>
internal sealed record PageToken(string After, bool IsPrefix)
{
    public static PageToken Parse(string? text)
    {
        if (string.IsNullOrEmpty(text))
        {
            return new("", IsPrefix: false);
        }

        var decoded = Base64Url.IsValid(text) ? Encoding.UTF8.GetString(Base64Url.DecodeFromChars(text)) : "";
        return decoded is ['o' or 'p', .. var after] ? new(after, decoded[0] == 'p') : throw StorageFault.Invalid("Invalid value for pageToken: it is not one that a list has given.");
    }

    /// <summary>After the later of a page's last object and last prefix.</summary>
    public static string Write(List<StoredObject> items, List<string> prefixes)
    {
        var item = items is [.., var lastItem] ? lastItem.Name : null;
        var prefix = prefixes is [.., var lastPrefix] ? lastPrefix : null;
        var isPrefix = prefix is not null && (item is null || Compare(prefix, item) >= 0);
        return Base64Url.EncodeToString(Encoding.UTF8.GetBytes(isPrefix ? "p" + prefix : "o" + item));
    }

    public bool Covers(string name) => IsPrefix && name.StartsWith(After, StringComparison.Ordinal);

    private static int Compare(string a, string b) => Encoding.UTF8.GetBytes(a).AsSpan().SequenceCompareTo(Encoding.UTF8.GetBytes(b));
}

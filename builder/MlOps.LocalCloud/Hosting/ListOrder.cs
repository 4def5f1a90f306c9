using Grpc.Core;

namespace MlOps.LocalCloud.Hosting;

/// <summary><c>order_by</c> of a list (AIP-132): <c>create_time desc, name</c>; texts by their code points, what is missing first.</summary>
internal static class ListOrder<T>
{
    private static readonly Comparer<IComparable?> Keys = Comparer<IComparable?>.Create((one, other) =>
        one is string text && other is string second ? string.CompareOrdinal(text, second) : Comparer<IComparable>.Default.Compare(one, other));

    /// <param name="fallback">For an empty text.</param>
    /// <param name="known">The fields by which a list can be ordered.</param>
    /// <param name="field">How one of them is read.</param>
    /// <exception cref="RpcException">INVALID_ARGUMENT: an unknown field.</exception>
    public static Func<IEnumerable<T>, IEnumerable<T>> Parse(string text, string fallback, string[] known, Func<string, Func<T, IComparable?>> field)
    {
        var keys = (text.Trim().Length == 0 ? fallback : text).Split(',').Select(key => Key(key, known, field)).ToList();
        return items => keys.Aggregate((IOrderedEnumerable<T>?)null, (ordered, key) => (ordered, key.Descending) switch
        {
            (null, false) => items.OrderBy(key.Of, Keys),
            (null, true) => items.OrderByDescending(key.Of, Keys),
            (_, false) => ordered.ThenBy(key.Of, Keys),
            _ => ordered.ThenByDescending(key.Of, Keys),
        })!;
    }

    private static (Func<T, IComparable?> Of, bool Descending) Key(string text, string[] known, Func<string, Func<T, IComparable?>> field)
    {
        var words = text.Split(' ', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        return words is [_] or [_, "asc" or "desc"] && known.Contains(words[0], StringComparer.Ordinal)
            ? (field(words[0]), words is [_, "desc"])
            : throw Rpc.Invalid($"order_by '{text.Trim()}' is not known; expected {string.Join(", ", known[..^1])} or {known[^1]}, with 'desc' for the latest first.");
    }
}

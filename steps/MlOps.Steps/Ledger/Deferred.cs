using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

namespace MlOps.Steps.Ledger;

/// <summary>
/// A list in an entry that is understood when somebody looks at it: of a long ledger every entry is checked, and the evidence of but a
/// few is looked at.
/// </summary>
public sealed class Deferred<T>
{
    private readonly Lazy<ImmutableArray<T>> _items;

    public Deferred(ImmutableArray<T> items) => _items = new(items);

    public Deferred(JsonElement list, JsonTypeInfo<ImmutableArray<T>> type) => _items = new(() => list.Deserialize(type));

    public ImmutableArray<T> Items => _items.Value;
}

public sealed class DeferredConverter<T> : JsonConverter<Deferred<T>>
{
    public override Deferred<T> Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => new(JsonElement.ParseValue(ref reader), TypeOf(options));

    public override void Write(Utf8JsonWriter writer, Deferred<T> value, JsonSerializerOptions options) => JsonSerializer.Serialize(writer, value.Items, TypeOf(options));

    private static JsonTypeInfo<ImmutableArray<T>> TypeOf(JsonSerializerOptions options) => (JsonTypeInfo<ImmutableArray<T>>)options.GetTypeInfo(typeof(ImmutableArray<T>));
}

using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Serialization;
using MlOps.Steps.Promotion.Gates;

namespace MlOps.Steps.Ledger;

/// <summary>One line an entry.</summary>
[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(LedgerEntry))]
[JsonSerializable(typeof(ImmutableArray<LedgerEntry>))]
[JsonSerializable(typeof(ImmutableArray<GateResult>))]
[JsonSerializable(typeof(ImmutableArray<UploadedPipeline>))]
[JsonSerializable(typeof(ImmutableArray<RunReference>))]
[JsonSerializable(typeof(LeaseRecord))]
[JsonSerializable(typeof(LedgerTipRecord))]
public sealed partial class LedgerJson : JsonSerializerContext;

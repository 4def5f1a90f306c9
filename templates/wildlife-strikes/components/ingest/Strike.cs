namespace Ingest;

/// <summary>One record as it stands in the source; a column that is empty there is absent.</summary>
internal sealed record Strike(int Line, IReadOnlyDictionary<string, string> Columns);

using MlOps.Core.Problems;

namespace MlOps.Pipelines.Ir.Checking;

/// <summary>Collects what a check finds, each with the place of the thing that it is about.</summary>
/// <param name="place">The place of a path of keys into the PipelineSpec.</param>
internal sealed class Report(Func<IEnumerable<string>, SourceSpot> place, ICollection<Problem> problems)
{
    public void Error(string code, string message, JsonPath at) => problems.Add(Problem.Error(code, message, place(at.Keys())));

    public void Warning(string code, string message, JsonPath at) => problems.Add(Problem.Warning(code, message, place(at.Keys())));
}

/// <summary>A path of keys into JSON.</summary>
internal sealed record JsonPath(JsonPath? Parent, string Key)
{
    /// <summary>The whole document.</summary>
    public static readonly JsonPath Top = new(null, "");

    public JsonPath this[string key] => new(this, key);

    public IEnumerable<string> Keys() => Parent is null ? [] : Parent.Keys().Append(Key);
}

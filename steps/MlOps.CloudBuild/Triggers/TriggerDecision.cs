namespace MlOps.CloudBuild.Triggers;

/// <summary>Whether a trigger fires, and the rule that decided.</summary>
/// <param name="Code">One of <see cref="TriggerCode"/>; null where it fires.</param>
/// <param name="Why">For people.</param>
public sealed record TriggerDecision(bool Fires, string? Code, string Why)
{
    public static TriggerDecision Yes(string why) => new(true, null, why);

    public static TriggerDecision No(string code, string why) => new(false, code, why);
}

/// <summary>Why a trigger does not fire, in the order in which the rules are asked.</summary>
public static class TriggerCode
{
    public const string InvalidRegex = "invalid_regex";
    public const string InvalidGlob = "invalid_glob";
    public const string InvalidFilter = "invalid_filter";
    public const string Disabled = "disabled";
    public const string OtherEvent = "other_event";
    public const string Ref = "ref";
    public const string SkipCi = "skip_ci";
    public const string NoFiles = "no_files";
    public const string AllIgnored = "all_ignored";
    public const string NotIncluded = "not_included";
    public const string Filter = "filter";
}

using MlOps.Steps.Ledger;
using MlOps.Steps.Project;
using static MlOps.Steps.Promotion.Gates.SourceGates;

namespace MlOps.Steps.Promotion.Gates;

/// <summary>Gates that look at who and when: approval, freeze windows, holds.</summary>
internal static class TimeGates
{
    public static GateResult Approval(GateFacts facts)
    {
        if (facts.Build is { } build && build.Commit == facts.Release.Commit)
        {
            return Allowed(facts, build.Approver)
                ? GateResult.Passed("approval", $"{build.Approver} at {Text(build.Time)}, of the build {build.Build[..Math.Min(8, build.Build.Length)]}")
                : GateResult.Failed("approval", $"{build.Approver}, who approved the build, is not among the approvers of {facts.To.Name}");
        }

        var approvals = facts.ToState.ApprovalsOf(facts.Release.Id);
        return (approvals.FindLast(entry => Allowed(facts, entry.By)) ?? approvals.LastOrDefault()) switch
        {
            null => GateResult.Failed("approval", $"nobody approved it: 'mlops approve {facts.Release.Id.Short} --to {facts.To.Name}'"),
            var entry when !Allowed(facts, entry.By) => GateResult.Failed("approval", $"{entry.By}, who approved it, is not among the approvers of {facts.To.Name} ({string.Join(", ", facts.To.Gates.Approvers)})"),
            var entry => GateResult.Passed("approval", $"{entry.By} at {Text(entry.Time)}{(entry.Why is { Length: > 0 } why ? $": {why}" : "")}"),
        };
    }

    public static GateResult Freeze(GateFacts facts)
    {
        var window = facts.To.Gates.Freeze.FirstOrDefault(window => Holds(window, facts.Now));
        return window is null
            ? GateResult.Passed("freeze", "no freeze now")
            : GateResult.Failed("freeze", $"{facts.To.Name} is frozen {(window.Days.IsEmpty ? $"until {Text(window.Until!.Value)}" : $"on {string.Join(", ", window.Days)}")}{(window.Why is { } why ? $": {why}" : "")}");
    }

    public static GateResult Hold(GateFacts facts) => Hold(facts.To.Name, facts.ToState, facts.Now);

    public static GateResult Hold(string environment, EnvironmentState state, DateTimeOffset now) => state.HoldAt(now) switch
    {
        null => GateResult.Passed("hold", "not held"),
        var hold => GateResult.Failed("hold", $"{hold.By} holds {environment} since {Text(hold.Time)}{(hold.Until is { } until ? $" until {Text(until)}" : "")}: {hold.Why}. 'mlops hold {environment} --lift' ends it"),
    };

    private static bool Allowed(GateFacts facts, string who) => facts.To.Gates.Approvers.IsEmpty || facts.To.Gates.Approvers.Contains(who);

    private static bool Holds(FreezeWindow window, DateTimeOffset now) =>
        (window.From is null || window.From <= now) && (window.Until is null || now < window.Until)
        && (window.Days.IsEmpty || window.Days.Contains(TimeZoneInfo.ConvertTime(now, TimeZoneInfo.FindSystemTimeZoneById(window.TimeZone)).DayOfWeek));
}

using System.Globalization;
using System.Text;

namespace Evaluate;

/// <summary>What a model must reach to be blessed, all as differences or values of AUC.</summary>
internal sealed record Demands(double MinAuc, double MinGain, double MaxSliceLoss);

/// <summary>One value of one column: the model's and the baseline's figures on the strikes that have it.</summary>
internal sealed record Slice(string Column, string Value, Figures Model, Figures Baseline)
{
    /// <summary>Fewer strikes with damage than this say nothing about a slice; it is shown but not judged.</summary>
    private const int MinDamagedToJudge = 20;

    public bool SaysSomething() => Model is { Damaged: >= MinDamagedToJudge, Auc: not null };

    /// <summary>Such as <c>auc_phase_en_route</c>.</summary>
    public string MetricName() => string.Concat($"auc_{Column}_{Value}".ToLowerInvariant().Select(letter => char.IsAsciiLetterOrDigit(letter) ? letter : '_'));
}

/// <param name="Reasons">Why the model is not blessed; empty if it is.</param>
internal sealed record Judgement(bool Blessed, IReadOnlyList<string> Reasons, Figures Overall, Figures Baseline, IReadOnlyList<Slice> Slices)
{
    /// <summary>As a Metrics artifact's metadata, flat: the overall figures, and the AUC of each slice that says something. Years come and go, so they are no metrics.</summary>
    public IReadOnlyDictionary<string, double> ForConsole() => Overall.ForConsole()
        .Concat(Slices.Where(slice => slice.SaysSomething() && slice.Column != "year").Select(slice => KeyValuePair.Create(slice.MetricName(), slice.Model.Auc!.Value)))
        .ToDictionary();

    public override string ToString()
    {
        var text = new StringBuilder()
            .AppendLine(CultureInfo.InvariantCulture, $"AUC {Overall.Auc:0.0000} (baseline {Baseline.Auc:0.0000}), log loss {Overall.LogLoss:0.0000} ({Baseline.LogLoss:0.0000}) on {Overall.Rows} strikes, {Overall.Damaged} with damage.")
            .Append(Blessed ? "Blessed." : "Not blessed:");
        return Reasons.Aggregate(text, (lines, reason) => lines.AppendLine().Append("- ").Append(reason)).ToString();
    }
}

internal static class Judge
{
    private static readonly IReadOnlyList<(string Name, Func<FeatureRow, string> Of)> SliceBy =
    [
        ("phase", row => row.Phase),
        ("size", row => row.Size),
        ("timeOfDay", row => row.TimeOfDay),
        ("year", row => row.Day.Year.ToString(CultureInfo.InvariantCulture)),
    ];

    /// <param name="model">The model's probabilities, one a row.</param>
    /// <param name="baseline">The baseline's.</param>
    /// <exception cref="InvalidDataException">The rows have only one outcome, so there is nothing to tell apart.</exception>
    public static Judgement Decide(IReadOnlyList<FeatureRow> rows, IReadOnlyList<double> model, IReadOnlyList<double> baseline, Demands demands)
    {
        var all = Enumerable.Range(0, rows.Count).ToList();
        var overall = FiguresOf(rows, model, all);
        if (overall.Auc is null)
        {
            throw new InvalidDataException($"The {rows.Count} strikes of the evaluation span are all damaged or all not; give it a longer span.");
        }

        var whole = FiguresOf(rows, baseline, all);
        var slices = Slices(rows, model, baseline);
        var reasons = Reasons(overall, whole, slices, demands).ToList();
        return new Judgement(reasons.Count == 0, reasons, overall, whole, slices);
    }

    private static IReadOnlyList<Slice> Slices(IReadOnlyList<FeatureRow> rows, IReadOnlyList<double> model, IReadOnlyList<double> baseline) =>
    [
        .. from column in SliceBy
           from slice in Enumerable.Range(0, rows.Count).GroupBy(i => column.Of(rows[i])).OrderBy(slice => slice.Key, StringComparer.Ordinal)
           select new Slice(column.Name, slice.Key, FiguresOf(rows, model, slice), FiguresOf(rows, baseline, slice)),
    ];

    private static IEnumerable<string> Reasons(Figures overall, Figures baseline, IEnumerable<Slice> slices, Demands demands)
    {
        if (overall.Auc < demands.MinAuc)
        {
            yield return string.Create(CultureInfo.InvariantCulture, $"AUC {overall.Auc:0.0000} is below {demands.MinAuc:0.0000}.");
        }

        if (overall.Auc < baseline.Auc + demands.MinGain)
        {
            yield return string.Create(CultureInfo.InvariantCulture, $"AUC {overall.Auc:0.0000} does not reach the baseline's {baseline.Auc:0.0000} plus {demands.MinGain:0.0000}.");
        }

        foreach (var slice in slices.Where(slice => slice.SaysSomething() && slice.Model.Auc < slice.Baseline.Auc - demands.MaxSliceLoss))
        {
            yield return string.Create(CultureInfo.InvariantCulture, $"Where {slice.Column} is {slice.Value}, AUC {slice.Model.Auc:0.0000} is more than {demands.MaxSliceLoss:0.0000} below the baseline's {slice.Baseline.Auc:0.0000}.");
        }
    }

    private static Figures FiguresOf(IReadOnlyList<FeatureRow> rows, IReadOnlyList<double> probabilities, IEnumerable<int> which) =>
        Figures.Of([.. which.Select(i => (rows[i].Damaged, probabilities[i]))]);
}

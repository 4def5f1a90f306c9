namespace Evaluate;

/// <summary>How well probabilities match what happened.</summary>
/// <param name="Auc">Area under the ROC curve, 0 to 1; absent unless there are rows of both outcomes.</param>
/// <param name="LogLoss">Mean negative log-likelihood in nats.</param>
/// <param name="Top20Recall">Share of all damage found by looking at the fifth of the strikes with the highest probability; absent without damage.</param>
internal sealed record Figures(int Rows, int Damaged, double? Auc, double LogLoss, double? Top20Recall)
{
    private const double Epsilon = 1e-6;

    public static Figures Of(IReadOnlyList<(bool Damaged, double Probability)> rows)
    {
        var damaged = rows.Count(row => row.Damaged);
        return new Figures(rows.Count, damaged, Round(AreaUnderRoc(rows)), Round(MeanLogLoss(rows))!.Value, Round(RecallInTopFifth(rows)));
    }

    /// <summary>As a Metrics artifact's metadata: flat, numbers only. Both outcomes must be there.</summary>
    public IReadOnlyDictionary<string, double> ForConsole() => new Dictionary<string, double>
    {
        ["auc"] = Auc!.Value,
        ["log_loss"] = LogLoss,
        ["top20_recall"] = Top20Recall!.Value,
        ["rows"] = Rows,
        ["damaged"] = Damaged,
    };

    /// <summary>The chance that a strike with damage gets a higher probability than one without (Mann and Whitney); ties count half.</summary>
    private static double? AreaUnderRoc(IReadOnlyList<(bool Damaged, double Probability)> rows)
    {
        double damaged = rows.Count(row => row.Damaged), unharmed = rows.Count - damaged;
        if (damaged == 0 || unharmed == 0)
        {
            return null;
        }

        double below = 0, won = 0;
        foreach (var tie in rows.GroupBy(row => row.Probability).OrderBy(tie => tie.Key))
        {
            double hits = tie.Count(row => row.Damaged), misses = tie.Count() - hits;
            won += hits * (below + (misses / 2));
            below += misses;
        }

        return won / (damaged * unharmed);
    }

    private static double MeanLogLoss(IReadOnlyList<(bool Damaged, double Probability)> rows) =>
        rows.Average(row => -Math.Log(Math.Clamp(row.Damaged ? row.Probability : 1 - row.Probability, Epsilon, 1)));

    private static double? RecallInTopFifth(IReadOnlyList<(bool Damaged, double Probability)> rows)
    {
        var damaged = rows.Count(row => row.Damaged);
        var found = rows.OrderByDescending(row => row.Probability).Take(rows.Count / 5).Count(row => row.Damaged);
        return damaged == 0 ? null : (double)found / damaged;
    }

    private static double? Round(double? value) => value is null ? null : Math.Round(value.Value, 6);
}

using System.Globalization;
using Microsoft.ML;

namespace Train;

/// <param name="Auc">Area under the ROC curve on the validation rows, 0 to 1.</param>
internal sealed record Trial(TreeSettings Settings, double Auc)
{
    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture,
        $"{Settings.Trees} trees of {Settings.Leaves} leaves, learning rate {Settings.LearningRate}, at least {Settings.MinimumStrikesPerLeaf} strikes a leaf: AUC {Auc:0.0000}");
}

/// <summary>The search's trials, in the order tried, and the best.</summary>
internal sealed record Search(int TrainingRows, int ValidationRows, IReadOnlyList<Trial> Trials, Trial Chosen)
{
    private const double ValidationShare = 0.2;
    private const int GridSeed = 1;

    /// <summary>
    /// Tries settings on the oldest four fifths of the rows and judges them by the rest: the evaluation span must stay unseen, and a
    /// random fifth would flatter those that learn the day's weather by heart.
    /// </summary>
    /// <param name="rows">Oldest first.</param>
    /// <exception cref="InvalidDataException">A part of the rows lacks one of the two outcomes, or there are no such trials.</exception>
    public static Search Run(MLContext ml, IReadOnlyList<FeatureRow> rows, int trials, Action<string> log)
    {
        var settings = TreeSettings.Grid(GridSeed);
        if (trials < 1 || trials > settings.Count)
        {
            throw new InvalidDataException($"{trials} trials were asked for; 1 to {settings.Count} can be had.");
        }

        var cut = (int)(rows.Count * (1 - ValidationShare));
        var older = Outcomes(ml, rows.Take(cut), "oldest");
        var newer = Outcomes(ml, rows.Skip(cut), "newest");
        var tried = settings.Take(trials).Select(s => Try(ml, s, older, newer, log)).ToList();
        return new Search(cut, rows.Count - cut, tried, tried.MaxBy(trial => trial.Auc)!);
    }

    private static Trial Try(MLContext ml, TreeSettings settings, IDataView older, IDataView newer, Action<string> log)
    {
        var model = Models.Trees(ml, settings).Fit(older);
        var measured = ml.BinaryClassification.Evaluate(model.Transform(newer), nameof(FeatureRow.Damaged));
        var trial = new Trial(settings, Math.Round(measured.AreaUnderRocCurve, 6));
        log(trial.ToString());
        return trial;
    }

    private static IDataView Outcomes(MLContext ml, IEnumerable<FeatureRow> part, string which)
    {
        var rows = part.ToList();
        return rows.Any(row => row.Damaged) && rows.Any(row => !row.Damaged)
            ? ml.Data.LoadFromEnumerable(rows)
            : throw new InvalidDataException($"The {which} {rows.Count} rows are all damaged or all not; the search needs both. Give it a longer span.");
    }
}

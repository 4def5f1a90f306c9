namespace Evaluate.Tests;

public sealed class JudgeTests
{
    private static readonly Demands Demands = new(MinAuc: 0.7, MinGain: 0.01, MaxSliceLoss: 0.05);

    /// <summary>By day and by night, 20 strikes with damage and 20 without.</summary>
    private static readonly IReadOnlyList<FeatureRow> Rows =
    [
        .. from i in Enumerable.Range(0, 80)
           select new FeatureRow { Damaged = i % 2 == 0, TimeOfDay = i < 40 ? "Day" : "Night", Phase = "Climb", Size = "Small", Day = new DateOnly(2001, 1, 1) },
    ];

    [Fact]
    public void A_model_that_beats_the_baseline_everywhere_is_blessed()
    {
        var judgement = Judge.Decide(Rows, Scores(_ => 1), Scores(i => i % 40 < 20 ? 1 : 0), Demands);

        Assert.True(judgement.Blessed);
        Assert.Equal(1, judgement.Overall.Auc);
        Assert.Equal(["phase", "size", "timeOfDay", "timeOfDay", "year"], judgement.Slices.Select(slice => slice.Column));
    }

    [Fact]
    public void A_model_as_good_as_the_baseline_is_not_blessed_if_it_must_be_better() =>
        Assert.Equal(["AUC 1.0000 does not reach the baseline's 1.0000 plus 0.0100."], Judge.Decide(Rows, Scores(_ => 1), Scores(_ => 1), Demands).Reasons);

    [Fact]
    public void A_model_below_the_least_AUC_is_not_blessed() =>
        Assert.Contains("AUC 0.5000 is below 0.7000.", Judge.Decide(Rows, Scores(_ => 0), Scores(_ => 0), Demands).Reasons);

    [Fact]
    public void A_slice_where_the_model_is_much_worse_stops_the_blessing()
    {
        // By day right, by night random; the baseline is fair in both.
        var judgement = Judge.Decide(Rows, Scores(i => i < 40 ? 1 : 0), Scores(i => i % 40 < 20 ? 1 : 0), new Demands(0, -1, 0.05));

        Assert.False(judgement.Blessed);
        Assert.Equal("Where timeOfDay is Night, AUC 0.5000 is more than 0.0500 below the baseline's 0.8750.", Assert.Single(judgement.Reasons));
    }

    [Fact]
    public void A_slice_with_little_damage_is_shown_but_not_judged()
    {
        var fewer = Rows.Take(78).ToList();
        var judgement = Judge.Decide(fewer, Scores(i => i < 40 ? 1 : 0), Scores(i => i % 40 < 20 ? 1 : 0), new Demands(0, -1, 0.05));

        Assert.True(judgement.Blessed);
        Assert.Contains(judgement.Slices, slice => slice is { Value: "Night", Model.Auc: < 0.6 });
    }

    [Fact]
    public void The_AUC_of_slices_that_say_something_is_a_metric_each() => Assert.Equal(
        ["auc", "log_loss", "top20_recall", "rows", "damaged", "auc_phase_climb", "auc_size_small", "auc_timeofday_day", "auc_timeofday_night"],
        Judge.Decide(Rows, Scores(_ => 1), Scores(_ => 0), Demands).ForConsole().Keys);

    [Fact]
    public void Rows_of_one_outcome_are_refused() =>
        Assert.Throws<InvalidDataException>(() => Judge.Decide([new FeatureRow()], [0.5], [0.5], Demands));

    /// <summary>Of each row: if <paramref name="knows"/> is 1 the right answer, if 0 a shrug.</summary>
    private static IReadOnlyList<double> Scores(Func<int, int> knows) =>
        [.. Rows.Select((row, i) => knows(i) == 0 ? 0.5 : row.Damaged ? 0.9 : 0.1)];
}

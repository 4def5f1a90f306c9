using Microsoft.ML;

namespace Train.Tests;

public sealed class SearchTests
{
    [Fact]
    public void The_chosen_trial_is_the_best_and_finds_what_there_is_to_find()
    {
        var log = new List<string>();
        var search = Search.Run(new MLContext(1), Rows.Synthetic(600), trials: 3, log.Add);

        Assert.Equal(search.Trials.Max(trial => trial.Auc), search.Chosen.Auc);
        Assert.True(search.Chosen.Auc > 0.75, $"AUC {search.Chosen.Auc}");
        Assert.Equal((480, 120, 3), (search.TrainingRows, search.ValidationRows, log.Count));
    }

    [Fact]
    public void The_newest_rows_judge_and_are_not_learnt_from()
    {
        // Were the last fifth learnt from, or drawn at random, its opposite outcomes would pull AUC up towards a half.
        var rows = Rows.Synthetic(600);
        foreach (var row in rows.Skip(480))
        {
            row.Damaged = !row.Damaged;
        }

        var search = Search.Run(new MLContext(1), rows, trials: 1, _ => { });
        Assert.True(search.Chosen.Auc < 0.3, $"AUC {search.Chosen.Auc}");
    }

    [Theory]
    [InlineData(0)]
    [InlineData(25)]
    public void A_number_of_trials_that_cannot_be_had_is_refused(int trials) =>
        Assert.Contains("1 to 24", Assert.Throws<InvalidDataException>(() => Search.Run(new MLContext(1), Rows.Synthetic(100), trials, _ => { })).Message, StringComparison.Ordinal);

    [Fact]
    public void Rows_of_one_outcome_are_refused()
    {
        var unharmed = Enumerable.Range(0, 10).Select(_ => new FeatureRow()).ToList();
        Assert.Contains("oldest 8 rows", Assert.Throws<InvalidDataException>(() => Search.Run(new MLContext(1), unharmed, 1, _ => { })).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_grid_has_no_combination_twice_and_the_same_order_every_time()
    {
        Assert.Equal(24, TreeSettings.Grid(1).Distinct().Count());
        Assert.Equal(TreeSettings.Grid(1), TreeSettings.Grid(1));
    }
}

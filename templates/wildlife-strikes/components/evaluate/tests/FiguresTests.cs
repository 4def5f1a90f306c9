namespace Evaluate.Tests;

public sealed class FiguresTests
{
    [Fact]
    public void Auc_is_the_share_of_pairs_in_the_right_order_and_ties_count_half() =>
        // Four pairs of damage and none: 0.9 > 0.6, 0.9 > 0.1, 0.6 = 0.6, 0.6 > 0.1.
        Assert.Equal(3.5 / 4, Figures.Of([(true, 0.9), (false, 0.6), (true, 0.6), (false, 0.1)]).Auc);

    [Fact]
    public void Log_loss_is_the_mean_of_the_logarithms() =>
        Assert.Equal((Math.Log(2) + Math.Log(4)) / 2, Figures.Of([(true, 0.5), (false, 0.75)]).LogLoss, 5);

    [Fact]
    public void A_certain_mistake_costs_much_but_not_infinitely_much() =>
        Assert.InRange(Figures.Of([(true, 0)]).LogLoss, 10, 20);

    [Fact]
    public void Recall_counts_the_damage_in_the_most_likely_fifth()
    {
        var rows = Enumerable.Range(0, 10).Select(i => (Damaged: i is 9 or 3, Probability: i / 10.0)).ToList();
        Assert.Equal(0.5, Figures.Of(rows).Top20Recall);
    }

    [Fact]
    public void Rows_of_one_outcome_have_no_auc() =>
        Assert.Null(Figures.Of([(false, 0.2), (false, 0.4)]).Auc);
}

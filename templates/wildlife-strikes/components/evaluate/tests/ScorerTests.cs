using Microsoft.ML;
using Microsoft.ML.Trainers.FastTree;

namespace Evaluate.Tests;

public sealed class ScorerTests : IDisposable
{
    private static readonly IReadOnlyList<FeatureRow> Rows =
        [.. Enumerable.Range(0, 200).Select(i => new FeatureRow { SpeedKnots = i, Damaged = i >= 100, Day = new DateOnly(2001, 1, 1) })];

    private readonly string path = Path.GetTempFileName();

    public void Dispose() => File.Delete(path);

    [Fact]
    public void A_model_of_trees_from_a_file_gives_a_probability_a_row()
    {
        var ml = new MLContext(1);
        var data = ml.Data.LoadFromEnumerable(Rows);
        var trees = ml.Transforms.Concatenate("Features", nameof(FeatureRow.SpeedKnots))
            .Append(ml.BinaryClassification.Trainers.FastTree(new FastTreeBinaryTrainer.Options { LabelColumnName = nameof(FeatureRow.Damaged), NumberOfTrees = 5 }));
        ml.Model.Save(trees.Fit(data), data.Schema, path);

        var probabilities = Scorer.Score(path, Rows);

        Assert.Equal(200, probabilities.Count);
        Assert.InRange(probabilities[0], 0, 0.3);
        Assert.InRange(probabilities[^1], 0.7, 1);
    }

    [Fact]
    public void A_file_that_is_no_model_is_refused_by_name()
    {
        File.WriteAllText(path, "no zip");
        Assert.Contains(path, Assert.Throws<InvalidDataException>(() => Scorer.Score(path, Rows)).Message, StringComparison.Ordinal);
    }
}

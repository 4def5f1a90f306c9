using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Trainers;
using Microsoft.ML.Trainers.FastTree;

namespace Train;

/// <summary>The models as untrained ML.NET pipelines: from a <see cref="FeatureRow"/> to a probability of damage.</summary>
internal static class Models
{
    private static readonly string[] Categories =
    [
        nameof(FeatureRow.Phase), nameof(FeatureRow.Size), nameof(FeatureRow.TimeOfDay), nameof(FeatureRow.Species), nameof(FeatureRow.Aircraft),
        nameof(FeatureRow.AircraftFamily), nameof(FeatureRow.Operator), nameof(FeatureRow.Airport), nameof(FeatureRow.State),
    ];

    private static readonly string[] Numbers =
    [
        nameof(FeatureRow.MonthSine), nameof(FeatureRow.MonthCosine), nameof(FeatureRow.SpeedKnots), nameof(FeatureRow.SpeedKnown), nameof(FeatureRow.ImpactEnergy),
    ];

    public static IEstimator<ITransformer> Trees(MLContext ml, TreeSettings settings) =>
        Features(ml, Categories, Numbers).Append(ml.BinaryClassification.Trainers.FastTree(new FastTreeBinaryTrainer.Options
        {
            LabelColumnName = nameof(FeatureRow.Damaged),
            NumberOfTrees = settings.Trees,
            NumberOfLeaves = settings.Leaves,
            LearningRate = settings.LearningRate,
            MinimumExampleCountPerLeaf = settings.MinimumStrikesPerLeaf,
            NumberOfThreads = 1, // the same rows and seed give the same model, byte for byte
        }));

    /// <summary>What anybody would guess from the animal's size and the phase of flight.</summary>
    public static IEstimator<ITransformer> Baseline(MLContext ml) =>
        Features(ml, [nameof(FeatureRow.Size), nameof(FeatureRow.Phase)], [])
            .Append(ml.BinaryClassification.Trainers.LbfgsLogisticRegression(new LbfgsLogisticRegressionBinaryTrainer.Options
            {
                LabelColumnName = nameof(FeatureRow.Damaged),
                NumberOfThreads = 1,
            }));

    private static EstimatorChain<ColumnConcatenatingTransformer> Features(MLContext ml, string[] categories, string[] numbers) =>
        ml.Transforms.Categorical.OneHotEncoding([.. categories.Select(column => new InputOutputColumnPair($"{column}OneHot", column))])
            .Append(ml.Transforms.Concatenate("Features", [.. categories.Select(column => $"{column}OneHot"), .. numbers]));
}

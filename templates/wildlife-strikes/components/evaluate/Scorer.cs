using Microsoft.ML;
using Microsoft.ML.Data;

namespace Evaluate;

internal static class Scorer
{
    /// <returns>The probability of damage, 0 to 1, of each row.</returns>
    /// <exception cref="InvalidDataException">The file is no ML.NET model.</exception>
    public static IReadOnlyList<double> Score(string model, IReadOnlyList<FeatureRow> rows)
    {
        var ml = new MLContext();
        var scored = Load(ml, model).Transform(ml.Data.LoadFromEnumerable(rows));
        return [.. scored.GetColumn<float>("Probability").Select(probability => (double)probability)];
    }

    private static ITransformer Load(MLContext ml, string path)
    {
        try
        {
            using var file = File.OpenRead(path);
            return ml.Model.Load(file, out _);
        }
        catch (Exception e) when (e is FormatException or InvalidDataException or InvalidOperationException)
        {
            throw new InvalidDataException($"{path} is not an ML.NET model: {e.Message}", e);
        }
    }
}

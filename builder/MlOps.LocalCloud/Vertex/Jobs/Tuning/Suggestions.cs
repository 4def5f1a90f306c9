using System.Buffers.Binary;
using System.Collections.Immutable;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Google.Cloud.AIPlatform.V1;
using Algorithm = Google.Cloud.AIPlatform.V1.StudySpec.Types.Algorithm;

namespace MlOps.LocalCloud.Vertex.Jobs.Tuning;

/// <summary>
/// What each trial tries. Grid search walks over every combination, the last parameter fastest; random search draws each
/// value on its scale. Vertex AI's default learns from earlier trials (Bayesian optimisation); here a Halton sequence takes
/// its place, which covers the space evenly and learns nothing. The same job gives the same trials.
/// </summary>
internal static class Suggestions
{
    private static readonly ImmutableArray<int> Primes = [2, 3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37, 41, 43, 47, 53];

    // Parameters that the Halton sequence serves well; further ones would be drawn from coarse patterns.
    private static int MostHalton => Primes.Length;

    /// <param name="trial">The trial's number, from 1.</param>
    /// <param name="seed">The same for all trials of a job.</param>
    /// <returns>Null: there is nothing left to try (grid search).</returns>
    public static ImmutableArray<Trial.Types.Parameter>? Of(StudySpec study, int trial, string seed) =>
        study.Algorithm == Algorithm.GridSearch ? Grid(study, trial - 1) : Points(study, trial, seed);

    private static ImmutableArray<Trial.Types.Parameter>? Grid(StudySpec study, long rest)
    {
        var chosen = new Stack<Trial.Types.Parameter>();
        foreach (var parameter in study.Parameters.Reverse())
        {
            var count = ParameterSpace.Count(parameter)!.Value;
            chosen.Push(new Trial.Types.Parameter { ParameterId = parameter.ParameterId, Value = ParameterSpace.At(parameter, rest % count) });
            rest /= count;
        }

        return rest > 0 ? null : [.. chosen];
    }

    private static ImmutableArray<Trial.Types.Parameter> Points(StudySpec study, int trial, string seed) =>
    [
        .. study.Parameters.Index().Select(parameter => new Trial.Types.Parameter
        {
            ParameterId = parameter.Item.ParameterId,
            Value = ParameterSpace.At(parameter.Item, study.Algorithm == Algorithm.RandomSearch || parameter.Index >= MostHalton ? Drawn(seed, trial, parameter.Index) : Halton(Primes[parameter.Index], trial)),
        }),
    ];

    /// <summary>The radical inverse of a number: its digits in the base, mirrored at the point.</summary>
    private static double Halton(int number, int index)
    {
        var (result, fraction) = (0.0, 1.0 / number);
        for (; index > 0; index /= number, fraction /= number)
        {
            result += fraction * (index % number);
        }

        return result;
    }

    // A hash rather than a generator: a trial's values do not depend on how many were drawn before a restart.
    private static double Drawn(string seed, int trial, int parameter)
    {
        var hash = SHA256.HashData(Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{seed}\0{trial}\0{parameter}")));
        return (BinaryPrimitives.ReadUInt64BigEndian(hash) >> 11) * Math.ScaleB(1, -53);
    }
}

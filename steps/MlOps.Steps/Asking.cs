using System.Collections.Immutable;
using MlOps.Core.Problems;
using MlOps.Google.Errors;

namespace MlOps.Steps;

/// <summary>Asks several environments at once; that one does not answer keeps nothing from being told of the others.</summary>
public static class Asking
{
    /// <returns>What those that answered said, in order; of each of the rest a warning, or an error where what it holds is not what was written.</returns>
    /// <exception cref="StepFailedException">None answered.</exception>
    public static async Task<(ImmutableArray<T> Answers, ImmutableArray<Problem> Silent)> EachAsync<T>(IReadOnlyList<EnvironmentPlace> places, Func<EnvironmentPlace, Task<T>> ask)
    {
        var asked = await Task.WhenAll(places.Select(async place =>
        {
            try
            {
                return (Place: place, Answer: (T?)await ask(place), Error: (Exception?)null);
            }
            catch (Exception error) when (error is StepFailedException or MachineLacksException)
            {
                return (place, default, error);
            }
        }));
        var answers = asked.Where(one => one.Error is null).Select(one => one.Answer!).ToImmutableArray();
        if (answers.IsEmpty && asked.FirstOrDefault(one => one.Error is not null).Error is { } first)
        {
            System.Runtime.ExceptionServices.ExceptionDispatchInfo.Throw(first);
        }

        return (answers, [.. asked.Where(one => one.Error is not null).Select(one => Told(one.Place, one.Error!))]);
    }

    private static Problem Told(EnvironmentPlace place, Exception error) => error is CloudException or MachineLacksException
        ? Problem.Warning("environment-silent", $"{place.Name} could not be asked: {error.Message.ReplaceLineEndings(" ")}", place.Environment.Spot)
        : Problem.Error("environment-broken", $"{place.Name}: {error.Message}", place.Environment.Spot);
}

using System.Collections.Immutable;
using MlOps.Core.Problems;
using MlOps.Google.Errors;

namespace MlOps.Steps;

/// <summary>Asks several environments at once; that one does not answer keeps nothing from being told of the others.</summary>
public static class Asking
{
    /// <returns>What those that answered said, in order, and a warning for each of the rest.</returns>
    /// <exception cref="StepFailedException">None answered.</exception>
    public static async Task<(ImmutableArray<T> Answers, ImmutableArray<Problem> Silent)> EachAsync<T>(IReadOnlyList<EnvironmentPlace> places, Func<EnvironmentPlace, Task<T>> ask)
    {
        var asked = await Task.WhenAll(places.Select(async place =>
        {
            try
            {
                return (Place: place, Answer: (T?)await ask(place), Error: (Exception?)null);
            }
            catch (Exception error) when (error is CloudException or MachineLacksException)
            {
                return (place, default, error);
            }
        }));
        var answers = asked.Where(one => one.Error is null).Select(one => one.Answer!).ToImmutableArray();
        if (answers.IsEmpty && asked.FirstOrDefault(one => one.Error is not null).Error is { } first)
        {
            System.Runtime.ExceptionServices.ExceptionDispatchInfo.Throw(first);
        }

        return (answers, [.. asked.Where(one => one.Error is not null).Select(one => Problem.Warning("environment-silent", $"{one.Place.Name} could not be asked: {one.Error!.Message.ReplaceLineEndings(" ")}", one.Place.Environment.Spot))]);
    }
}

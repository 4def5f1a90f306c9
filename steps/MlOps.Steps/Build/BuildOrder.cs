using System.Collections.Immutable;
using MlOps.Core.Problems;

namespace MlOps.Steps.Build;

/// <summary>Components in an order in which each comes after those that its image is based on.</summary>
internal static class BuildOrder
{
    /// <exception cref="InvalidInputException">Images are based on each other in a circle.</exception>
    public static ImmutableArray<ComponentInputs> Of(IReadOnlyCollection<ComponentInputs> inputs)
    {
        var byName = inputs.ToDictionary(one => one.Component.Name, StringComparer.Ordinal);
        var ordered = ImmutableArray.CreateBuilder<ComponentInputs>(inputs.Count);
        var done = new HashSet<string>(StringComparer.Ordinal);
        var path = new List<string>();
        foreach (var one in inputs.OrderBy(one => one.Component.Name, StringComparer.Ordinal))
        {
            Visit(one);
        }

        return ordered.ToImmutable();

        void Visit(ComponentInputs one)
        {
            var name = one.Component.Name;
            if (path.IndexOf(name) is var at and >= 0)
            {
                throw new InvalidInputException("image-cycle", $"Images are based on each other: {string.Join(" -> ", path[at..].Append(name))}. Take one ARG {one.Component.ImageArgument} out of its Dockerfile.", new SourceSpot(one.Component.Dockerfile));
            }

            if (!done.Add(name))
            {
                return;
            }

            path.Add(name);
            done.Remove(name);
            foreach (var needed in one.Components.Select(needed => byName.GetValueOrDefault(needed)).OfType<ComponentInputs>())
            {
                Visit(needed);
            }

            path.RemoveAt(path.Count - 1);
            done.Add(name);
            ordered.Add(one);
        }
    }
}

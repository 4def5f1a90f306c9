using MlOps.Core.Problems;

namespace MlOps.CloudBuild.Config;

/// <summary>Where in its file each field of a message stands. Paths are the proto's JSON names: <c>steps[0].waitFor[1]</c>, <c>substitutions._TAG</c>. A scalar is at its value, a list or a map at its key.</summary>
public sealed class ConfigPlaces(string? file, IReadOnlyDictionary<string, SourceSpot> spots)
{
    /// <summary>For a message that came over the wire: no file, no lines.</summary>
    public static ConfigPlaces None { get; } = new(null, new Dictionary<string, SourceSpot>());

    public string? File => file;

    /// <summary>The place of a field; of the nearest field around it that is in the file where it is not there itself.</summary>
    public SourceSpot Of(string path)
    {
        for (var at = path; ; at = at[..at.LastIndexOfAny(['.', '['])])
        {
            if (spots.TryGetValue(at, out var spot))
            {
                return spot;
            }

            if (at.LastIndexOfAny(['.', '[']) <= 0)
            {
                return spots.TryGetValue("", out var top) ? top : new SourceSpot(file);
            }
        }
    }
}

using System.Globalization;
using Microsoft.AspNetCore.Http;

namespace MlOps.LocalCloud.Storage;

/// <summary>What must hold of an object for a call to happen; generation 0 stands for "there is none".</summary>
internal sealed record Preconditions(long? GenerationMatch = null, long? GenerationNotMatch = null, long? MetagenerationMatch = null, long? MetagenerationNotMatch = null)
{
    /// <param name="query">The call's parameters.</param>
    /// <param name="source">Reads the <c>ifSource…</c> parameters of a copy.</param>
    public static Preconditions Of(IQueryCollection query, bool source = false)
    {
        var prefix = source ? "ifSource" : "if";
        return new(
            Number(query, prefix + "GenerationMatch"),
            Number(query, prefix + "GenerationNotMatch"),
            Number(query, prefix + "MetagenerationMatch"),
            Number(query, prefix + "MetagenerationNotMatch"));
    }

    /// <exception cref="StorageFault">412; 304 where a reader asked for another version than the one that it has.</exception>
    public void Check(long generation, long metageneration, bool reading = false)
    {
        if ((GenerationMatch is { } wanted && wanted != generation) || (MetagenerationMatch is { } meta && meta != metageneration))
        {
            throw Unmet();
        }

        if (GenerationNotMatch == generation || (MetagenerationNotMatch == metageneration && generation != 0))
        {
            throw reading ? new StorageFault(304, "notModified", "Not Modified") : Unmet();
        }
    }

    public static long? Number(IQueryCollection query, string name) => query[name].ToString() switch
    {
        "" => null,
        var text when long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) => number,
        var text => throw StorageFault.Invalid($"Invalid value for {name}: '{text}' is not a whole number."),
    };

    private static StorageFault Unmet() => new(412, "conditionNotMet", "At least one of the pre-conditions you specified did not hold.");
}

using MlOps.CloudBuild.Config;
using MlOps.Core.Problems;

namespace MlOps.CloudBuild.Checks;

/// <summary>Where checks put what they find; paths are the proto's JSON names, as in <see cref="ConfigPlaces"/>.</summary>
internal sealed class Findings(ConfigPlaces places, ICollection<Problem> problems)
{
    /// <summary>The server refuses it.</summary>
    public void Error(string code, string message, string path) => problems.Add(Problem.Error(code, message, places.Of(path)));

    /// <summary>The server takes it, and it is hardly what was meant.</summary>
    public void Warning(string code, string message, string path) => problems.Add(Problem.Warning(code, message, places.Of(path)));

    /// <summary>At a piece of a longer text, such as a script.</summary>
    public void Warning(string code, string message, string path, string text, int offset, int length) => problems.Add(Problem.Warning(code, message, places.Of(path, text, offset, length)));
}

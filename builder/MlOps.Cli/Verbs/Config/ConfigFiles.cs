using Google.Cloud.CloudBuild.V1;
using MlOps.CloudBuild.Config;
using MlOps.Core.Problems;

namespace MlOps.Cli.Verbs.Config;

/// <summary>A file that a verb of <c>mlops config</c> is given.</summary>
internal static class ConfigFiles
{
    /// <exception cref="InvalidInputException">It cannot be read at all.</exception>
    public static ConfigReading<Build> Read(string file) => ConfigFile.Read(file, out var unreadable) is { } text
        ? BuildConfigReader.Read(file, text)
        : throw new InvalidInputException("file-missing", unreadable!.Message, unreadable.Spot);
}

using System.Runtime.CompilerServices;
using MlOps.Core.Files;
using Xunit;

namespace MlOps.Testing;

/// <summary>
/// Compares text with an approved file beside the test: <c>Golden/NAME</c> in the folder of the calling source file.
/// With <c>UPDATE_GOLDEN=1</c> in the environment the file is written instead; read the difference before you commit it.
/// </summary>
public static class Golden
{
    public static void Matches(string actual, string name, [CallerFilePath] string source = "")
    {
        var path = Path.Combine(Path.GetDirectoryName(source)!, "Golden", name);
        if (Environment.GetEnvironmentVariable("UPDATE_GOLDEN") is "1")
        {
            AtomicFile.Write(path, actual);
            return;
        }

        Assert.True(File.Exists(path), $"No golden file {path}. Run the test with UPDATE_GOLDEN=1 and read what it wrote:\n{actual}");
        Assert.Equal(File.ReadAllText(path), actual, ignoreLineEndingDifferences: false);
    }
}

using Xunit;

namespace MlOps.Testing;

/// <summary>The data that is shared between projects (goldens, vectors, corpus), in a folder <c>shared</c> beside the checkout.</summary>
public static class Shared
{
    /// <summary>The path of something in the shared folder; skips the test, saying so, where the folder is absent.</summary>
    public static string Path(params string[] parts)
    {
        var root = Root();
        Assert.SkipWhen(root is null, "There is no folder 'shared' beside the checkout.");
        return System.IO.Path.Combine([root!, .. parts]);
    }

    /// <summary>The checkout's root.</summary>
    public static string Checkout()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(System.IO.Path.Combine(folder.FullName, "MlOps.Cicd.sln")))
        {
            folder = folder.Parent;
        }

        return folder?.FullName ?? throw new InvalidOperationException("The tests do not run inside a checkout.");
    }

    private static string? Root()
    {
        var shared = System.IO.Path.Combine(Checkout(), "..", "shared");
        return Directory.Exists(shared) ? System.IO.Path.GetFullPath(shared) : null;
    }
}

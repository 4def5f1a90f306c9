using System.Diagnostics;

namespace MlOps.Cli.Tests;

/// <summary>The Docker engine of the machine, seen through its own command line.</summary>
internal static class Engine
{
    /// <summary>Skips the test, saying why, where there is no engine or the base image is not there.</summary>
    public static void Required()
    {
        Assert.SkipUnless(Run("version", "--format", "{{.Server.Version}}").Code == 0, "No Docker engine answers.");
        Assert.SkipUnless(Run("image", "inspect", "busybox:1.36").Code == 0, "The image busybox:1.36 is not in the engine: 'make base-images' makes it.");
    }

    /// <summary>Ids of all containers with a label.</summary>
    public static string[] Containers(string label) => Run("ps", "-aq", "--filter", $"label={label}").Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);

    public static string[] Images(string reference) => Run("images", "-q", reference).Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);

    public static (int Code, string Output, string Errors) Run(params string[] arguments)
    {
        try
        {
            using var docker = Process.Start(new ProcessStartInfo("docker", arguments) { RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false })!;
            var errors = docker.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
            var output = docker.StandardOutput.ReadToEnd();
            docker.WaitForExit();
            return (docker.ExitCode, output, errors.Result);
        }
        catch (System.ComponentModel.Win32Exception error)
        {
            return (127, "", error.Message);
        }
    }
}

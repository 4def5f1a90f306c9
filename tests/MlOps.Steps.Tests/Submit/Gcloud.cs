using System.Diagnostics;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace MlOps.Steps.Tests.Submit;

/// <summary>The installed gcloud's own libraries, the oracle of what is uploaded; one process answers many questions.</summary>
internal static class Gcloud
{
    private const string Program = """
        import json, os, sys
        root = sys.argv[1]
        sys.path[:0] = [os.path.join(root, 'lib'), os.path.join(root, 'lib', 'third_party')]
        from googlecloudsdk.command_lib.util import gcloudignore
        from googlecloudsdk.api_lib.cloudbuild import snapshot
        questions = json.load(sys.stdin)
        answers = []
        for question in questions:
            if 'folder' in question:
                os.chdir(question['folder'])
                taken = snapshot.Snapshot('.')
                answers.append(sorted(list(taken.files) + [d + '/' for d in taken.dirs]))
            else:
                chooser = gcloudignore.FileChooser.FromString(question['rules'], recurse=1, dirname='/nonexistent')
                answers.append([path for path in question['paths'] if chooser.IsIncluded(path.rstrip('/'), is_dir=path.endswith('/'))])
        print(json.dumps(answers))
        """;

    /// <summary>Where gcloud is installed; the test is skipped where it is not.</summary>
    private static (string Python, string Root) Find()
    {
        try
        {
            var told = Run("gcloud", ["info", "--format=value(basic.python_location, installation.sdk_root)"], "").Trim().Split('\t');
            return (told[0], told[1]);
        }
        catch (Exception error) when (error is System.ComponentModel.Win32Exception or InvalidOperationException)
        {
            Assert.Skip($"gcloud is not on this machine, with which the list is compared ({error.Message}).");
            throw;
        }
    }

    /// <param name="questions">Each <c>{folder}</c>, or <c>{rules, paths}</c> with folders ending in a slash.</param>
    /// <returns>For each the paths that are uploaded.</returns>
    public static string[][] Ask(IEnumerable<JsonObject> questions)
    {
        var (python, root) = Find();
        return JsonSerializer.Deserialize<string[][]>(Run(python, ["-c", Program, root], new JsonArray([.. questions]).ToJsonString()))!;
    }

    public static string Run(string program, string[] arguments, string input)
    {
        var start = new ProcessStartInfo(program, arguments) { UseShellExecute = false, RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["CLOUDSDK_CORE_DISABLE_FILE_LOGGING"] = "true";
        start.Environment["CLOUDSDK_CORE_DISABLE_PROMPTS"] = "true";
        using var process = Process.Start(start)!;
        var errors = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        process.StandardInput.Write(input);
        process.StandardInput.Close();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode == 0 ? output : throw new InvalidOperationException($"{program}: {errors.Result}");
    }
}

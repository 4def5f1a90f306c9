using System.Text;
using MlOps.Core.Problems;

namespace MlOps.CloudBuild.Config;

/// <summary>A file's text as gcloud reads it: UTF-8 and nothing else.</summary>
public static class ConfigFile
{
    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <param name="error">Why it cannot be read; null where it was.</param>
    public static string? Read(string file, out ConfigError? error)
    {
        error = null;
        try
        {
            return Strict.GetString(File.ReadAllBytes(file));
        }
        catch (Exception fault) when (fault is FileNotFoundException or DirectoryNotFoundException)
        {
            error = new ConfigError("MissingFileError", $"Unable to read file [{file}]: there is no such file; expected a cloudbuild.yaml.", new SourceSpot(file));
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            error = new ConfigError("Error", $"Unable to read file [{file}]: {(Directory.Exists(file) ? "this is a folder; expected a file." : fault.Message)}", new SourceSpot(file));
        }
        catch (DecoderFallbackException fault)
        {
            error = new ConfigError("UnicodeDecodeError", $"{file} is not UTF-8 text: byte {fault.Index} does not fit; save it as UTF-8.", new SourceSpot(file));
        }

        return null;
    }
}

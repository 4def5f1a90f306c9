using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using MlOps.Core.Files;
using MlOps.Core.Problems;

namespace MlOps.Steps.Workspaces;

/// <summary>
/// The checkout and its <c>.mlops/</c>, where each step leaves its record, one file a step. Those files are the only seam
/// between steps: the same code runs as one process or as separate build steps that share the workspace.
/// </summary>
public sealed record Workspace(string Root)
{
    /// <summary><c>.mlops</c>: records, rewritten components, compiled pipelines, reports, logs.</summary>
    public string State => Path.Combine(Root, ".mlops");

    public string PathOf(params ReadOnlySpan<string> parts) => Path.Combine([State, .. parts]);

    /// <summary>The record that a step left, or null if there is none (or one that an older version wrote and that can no longer be read).</summary>
    public T? TryRead<T>(RecordFile<T> file)
        where T : class
    {
        var path = PathOf(file.Name);
        try
        {
            return File.Exists(path) ? JsonSerializer.Deserialize(File.ReadAllBytes(path), file.Type) : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <exception cref="InvalidInputException">The step that writes this record has not run.</exception>
    public T Read<T>(RecordFile<T> file)
        where T : class =>
        TryRead(file) ?? throw new InvalidInputException("step-not-run", $"{(File.Exists(PathOf(file.Name)) ? "This version of mlops cannot read" : "There is no")} .mlops/{file.Name}: run 'mlops {file.Step}' first, or 'mlops ci', which runs the steps in order.");

    public void Write<T>(RecordFile<T> file, T record)
        where T : class =>
        AtomicFile.Write(PathOf(file.Name), JsonSerializer.SerializeToUtf8Bytes(record, file.Type));
}

/// <summary>A step's record: its file name under <c>.mlops/</c> and how it is written.</summary>
public sealed record RecordFile<T>(string Step, string Name, JsonTypeInfo<T> Type);

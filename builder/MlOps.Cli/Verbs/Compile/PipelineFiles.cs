using System.Text.Json.Nodes;
using MlOps.Core.Files;
using MlOps.Core.Problems;
using MlOps.Pipelines;
using MlOps.Pipelines.Ir;

namespace MlOps.Cli.Verbs.Compile;

/// <summary>Files of pipelines that the verb is given, whoever compiled them; a definition is compiled.</summary>
internal static class PipelineFiles
{
    /// <summary>The pipeline of a definition or a compiled file, images pinned or not; null, with problems, where there is none.</summary>
    public static CompiledPipelineSpec? Read(FileInfo file, CompileOptions options, ICollection<Problem> problems)
    {
        if (ReadText(file, problems) is not { } text)
        {
            return null;
        }

        var found = new List<Problem>();
        if (PipelineFile.Parse(file.FullName, text, found) is { } compiled)
        {
            return Of(compiled);
        }

        if (found is [{ Code: PipelineFile.Definition }])
        {
            // In the order of the file that would be written, so that both look the same.
            return PipelineCompiler.Compile(file.FullName, options, problems) is { } spec ? new CompiledPipelineSpec(spec.Name, (JsonObject)JsonNode.Parse(spec.Bytes)!) : null;
        }

        found.ForEach(problems.Add);
        return null;
    }

    public static CompiledPipelineSpec Of(PipelineFile file) => new(file.Spec["pipelineInfo"]?["name"]?.ToString() ?? "pipeline", file.Spec);

    public static string? ReadText(FileInfo file, ICollection<Problem> problems)
    {
        try
        {
            if (file.Extension == ".py")
            {
                problems.Add(Problem.Error(PipelineFile.Definition, $"This is Python. Compile it with the KFP SDK first: kfp dsl compile --py {file.Name} --output {Path.ChangeExtension(file.Name, ".yaml")}", new SourceSpot(file.FullName)));
                return null;
            }

            return TextFile.Read(file.FullName, file.FullName, problems);
        }
        catch (Exception error) when (error is FileNotFoundException or DirectoryNotFoundException)
        {
            problems.Add(Problem.Error("file-missing", "There is no such file; expected a pipeline.", new SourceSpot(file.FullName)));
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            problems.Add(Problem.Error("file-unreadable", Directory.Exists(file.FullName) ? "This is a folder; expected a file." : error.Message, new SourceSpot(file.FullName)));
        }

        return null;
    }
}

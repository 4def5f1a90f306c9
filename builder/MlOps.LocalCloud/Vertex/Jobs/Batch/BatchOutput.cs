using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Google.Cloud.AIPlatform.V1;
using MlOps.Google.Storage;
using Status = Google.Rpc.Status;

namespace MlOps.LocalCloud.Vertex.Jobs.Batch;

/// <summary>The two files of a job's output, written aside and made objects when the job has succeeded.</summary>
internal sealed class BatchOutput : IDisposable
{
    private const string Results = "prediction.results-00000-of-00001", Errors = "prediction.errors_stats-00000-of-00001";
    private const int MostPartialFailures = 20;
    private static readonly JsonSerializerOptions Plain = new() { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
    private readonly string _folder;
    private readonly StreamWriter _results;
    private readonly StreamWriter _errors;

    /// <param name="folder">The job's own, for work in progress; emptied.</param>
    public BatchOutput(string folder)
    {
        _folder = folder;
        Remove(folder);
        Directory.CreateDirectory(folder);
        _results = new StreamWriter(Path.Combine(folder, Results), append: false, new UTF8Encoding(false));
        _errors = new StreamWriter(Path.Combine(folder, Errors), append: false, new UTF8Encoding(false));
    }

    public CompletionStats Stats { get; } = new();

    /// <summary>The first failures, at most twenty.</summary>
    public List<Status> Failures { get; } = [];

    /// <summary><c>gs://BUCKET/FOLDER/prediction-MODEL-TIME</c>.</summary>
    public static string Location(string prefix, string label, DateTimeOffset created) =>
        $"{prefix.TrimEnd('/')}/prediction-{label.Replace('/', '-')}-{created.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture)}";

    public void Succeeded(Instance instance, JsonNode? prediction)
    {
        Stats.SuccessfulCount++;
        Write(_results, new JsonObject { [instance.ToldAs] = instance.Told?.DeepClone(), ["prediction"] = prediction?.DeepClone() });
    }

    /// <param name="instance">Null where the line could not be read.</param>
    public void Failed(Instance? instance, int code, string message)
    {
        Stats.FailedCount++;
        if (Failures.Count < MostPartialFailures)
        {
            Failures.Add(new Status { Code = code, Message = message });
        }

        var line = new JsonObject { ["error"] = new JsonObject { ["code"] = code, ["message"] = message } };
        if (instance is not null)
        {
            line.Insert(0, instance.ToldAs, instance.Told?.DeepClone());
        }

        Write(_errors, line);
    }

    public async Task ImportAsync(VertexOptions options, string directory)
    {
        Dispose();
        var uri = GcsUri.Parse(directory);
        foreach (var file in new[] { Errors, Results })
        {
            await options.ImportAsync(uri.Bucket, uri.Below(file).Name, Path.Combine(_folder, file), CancellationToken.None);
        }

        Remove(_folder);
    }

    public void Dispose()
    {
        _results.Dispose();
        _errors.Dispose();
    }

    private static void Write(StreamWriter to, JsonObject line) => to.Write(line.ToJsonString(Plain) + "\n");

    private static void Remove(string folder)
    {
        if (Directory.Exists(folder))
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}

using System.IO.Compression;
using Microsoft.ML;

namespace Train;

/// <summary>ML.NET's model.zip.</summary>
internal static class ModelFile
{
    private static readonly DateTimeOffset ZipEpoch = new(1980, 1, 1, 0, 0, 0, TimeSpan.Zero);

    /// <summary>Trains <paramref name="model"/> on all rows and writes it; the same rows give the same bytes.</summary>
    public static void Save(MLContext ml, IEstimator<ITransformer> model, IReadOnlyList<FeatureRow> rows, string path)
    {
        var data = ml.Data.LoadFromEnumerable(rows);
        using var saved = new MemoryStream();
        ml.Model.Save(model.Fit(data), data.Schema, saved);

        Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(path))!);
        using var file = File.Create(path);
        WithoutTimes(saved, file);
    }

    /// <summary>Copies a zip without the time of each entry, which would make every model another artifact and caching useless.</summary>
    private static void WithoutTimes(Stream from, Stream to)
    {
        using var source = new ZipArchive(from, ZipArchiveMode.Read);
        using var target = new ZipArchive(to, ZipArchiveMode.Create);
        foreach (var entry in source.Entries.OrderBy(entry => entry.FullName, StringComparer.Ordinal))
        {
            var copy = target.CreateEntry(entry.FullName);
            copy.LastWriteTime = ZipEpoch;
            using var content = entry.Open();
            using var written = copy.Open();
            content.CopyTo(written);
        }
    }
}

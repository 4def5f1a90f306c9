using Microsoft.ML;

namespace Train.Tests;

public sealed class ModelFileTests : IDisposable
{
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("train-");

    public void Dispose() => folder.Delete(recursive: true);

    [Fact]
    public void The_same_rows_give_the_same_bytes_and_other_rows_do_not()
    {
        var first = Save("first", Rows.Synthetic(200));

        Assert.Equal(first, Save("second", Rows.Synthetic(200)));
        Assert.NotEqual(first, Save("third", Rows.Synthetic(300)));
    }

    [Fact]
    public void A_saved_model_loads_and_predicts()
    {
        Save("model", Rows.Synthetic(400));
        var ml = new MLContext(1);
        using var file = File.OpenRead(PathOf("model"));
        var model = ml.Model.Load(file, out _);
        var measured = ml.BinaryClassification.Evaluate(model.Transform(ml.Data.LoadFromEnumerable(Rows.Synthetic(400))), nameof(FeatureRow.Damaged));

        Assert.True(measured.AreaUnderRocCurve > 0.8, $"AUC {measured.AreaUnderRocCurve}");
    }

    private byte[] Save(string name, IReadOnlyList<FeatureRow> rows)
    {
        var ml = new MLContext(1);
        ModelFile.Save(ml, Models.Trees(ml, new TreeSettings(20, 4, 0.1, 10)), rows, PathOf(name));
        return File.ReadAllBytes(PathOf(name));
    }

    private string PathOf(string name) => Path.Combine(folder.FullName, name);
}

namespace Train;

/// <summary>The hyperparameters that are searched over.</summary>
internal sealed record TreeSettings(int Trees, int Leaves, double LearningRate, int MinimumStrikesPerLeaf)
{
    /// <summary>All combinations, in an order that is random but the same for one seed, so that more trials extend fewer.</summary>
    public static IReadOnlyList<TreeSettings> Grid(int seed)
    {
        TreeSettings[] grid =
        [
            .. from trees in new[] { 40, 100, 200 }
               from leaves in new[] { 4, 12 }
               from learningRate in new[] { 0.03, 0.1 }
               from minimum in new[] { 10, 40 }
               select new TreeSettings(trees, leaves, learningRate, minimum),
        ];
        new Random(seed).Shuffle(grid);
        return grid;
    }
}

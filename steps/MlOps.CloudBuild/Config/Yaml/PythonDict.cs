namespace MlOps.CloudBuild.Config.Yaml;

/// <summary>A Python dict: a key put in again keeps its place and takes the new value.</summary>
internal sealed class PythonDict
{
    private static readonly object None = new();
    private readonly Dictionary<object, int> _places = [];

    public List<ConfigEntry> Entries { get; } = [];

    /// <returns>False where the key was there already.</returns>
    public bool Put(ConfigValue key, ConfigValue value)
    {
        if (_places.TryAdd(Identity(key), Entries.Count))
        {
            Entries.Add(new ConfigEntry(key, value));
            return true;
        }

        var place = _places[Identity(key)];
        Entries[place] = new ConfigEntry(Entries[place].Key, value);
        return false;
    }

    /// <summary>What makes two keys equal; in Python <c>1</c>, <c>1.0</c> and <c>True</c> are one key.</summary>
    public static object Identity(ConfigValue key) => key is not ConfigScalar scalar ? key : scalar.Value switch
    {
        null => None,
        bool flag => flag ? 1L : 0L,
        double number when number == Math.Floor(number) && Math.Abs(number) < 1e15 => (long)number,
        var value => value,
    };
}

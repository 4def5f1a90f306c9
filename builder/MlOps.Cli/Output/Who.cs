using System.Globalization;

namespace MlOps.Cli.Output;

/// <summary>Who did something, and what, as tables have room for it.</summary>
internal static class Who
{
    private const string Build = "build ";

    /// <summary>A build by the beginning of its id, by which <c>mlops builds show</c> finds it.</summary>
    public static string Short(string by) => by.StartsWith(Build, StringComparison.Ordinal) && Guid.TryParse(by[Build.Length..], CultureInfo.InvariantCulture, out _) ? by[..(Build.Length + 8)] : by;

    /// <summary><c>promoted by build 0c8ef6d1</c></summary>
    /// <param name="action">As the ledger writes it.</param>
    public static string Did(string? action, string? by) => $"{action switch
    {
        "deliver" => "delivered",
        "promote" => "promoted",
        "rollback" => "rolled back",
        _ => action,
    }} by {Short(by ?? "somebody")}";
}

namespace MlOps.Google;

/// <summary>The values of generated enums under the names that Google's documents give them.</summary>
public static class EnumName
{
    /// <summary><c>NotTriggered</c> as <c>NOT_TRIGGERED</c>; without the prefix that the proto may put before it.</summary>
    public static string Of(Enum value)
    {
        var name = value.ToString();
        return string.Concat(name.Select((letter, at) => at > 0 && char.IsUpper(letter) && char.IsLower(name[at - 1]) ? $"_{letter}" : $"{char.ToUpperInvariant(letter)}"));
    }
}

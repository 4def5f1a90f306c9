namespace MlOps.CloudBuild.Config;

/// <summary>Python's lenient base64: whatever is not of the alphabet is passed over.</summary>
internal static class PythonBase64
{
    /// <param name="urlSafe"><c>-</c> and <c>_</c> are digits too.</param>
    /// <param name="fault">Python's message; null where the text was decoded.</param>
    public static byte[] Decode(string text, bool urlSafe, out string? fault)
    {
        var bytes = new List<byte>(text.Length * 3 / 4);
        var (bits, count, digits, padding) = (0, 0, 0, 0);
        fault = text.All(char.IsAscii) ? null : "string argument should contain only ASCII characters";
        if (fault is not null)
        {
            return [];
        }

        foreach (var character in text)
        {
            if (character == '=')
            {
                // Padding counts where a group can end, and what follows is not read.
                padding++;
                if (count >= 2 && count + padding >= 4)
                {
                    return [.. bytes];
                }

                continue;
            }

            if ((!urlSafe && character is ('-' or '_')) || Digit(character) is not { } digit)
            {
                continue;
            }

            padding = 0;
            digits++;
            bits = (bits << 6) | digit;
            count = (count + 1) % 4;
            if (count != 1)
            {
                bytes.Add((byte)(bits >> (count == 0 ? 0 : count == 2 ? 4 : 2)));
            }

            bits = count switch { 2 => bits & 0xF, 3 => bits & 0x3, 0 => 0, _ => bits };
        }

        fault = count switch
        {
            0 => null,
            1 => $"Invalid base64-encoded string: number of data characters ({digits}) cannot be 1 more than a multiple of 4",
            _ => "Incorrect padding",
        };
        return [.. bytes];
    }

    /// <summary>As gcloud sends bytes: the URL-safe alphabet, padded.</summary>
    public static string Encode(byte[] bytes) => Convert.ToBase64String(bytes).Replace('+', '-').Replace('/', '_');

    private static int? Digit(char character) => character switch
    {
        >= 'A' and <= 'Z' => character - 'A',
        >= 'a' and <= 'z' => character - 'a' + 26,
        >= '0' and <= '9' => character - '0' + 52,
        '+' or '-' => 62,
        '/' or '_' => 63,
        _ => null,
    };
}

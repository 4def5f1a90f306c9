namespace MlOps.CloudBuild.Substitutions.Expansion;

/// <summary>A place in a text that moves forward.</summary>
internal sealed class TextCursor(string text)
{
    public string Text => text;

    public int At { get; private set; }

    public bool Ended => At >= text.Length;

    /// <summary>The character here; <c>\0</c> at the end.</summary>
    public char Peek => Ahead(0);

    public char Ahead(int distance) => At + distance < text.Length ? text[At + distance] : '\0';

    public void Skip(int count = 1) => At += count;

    public char Take() => text[At++];
}

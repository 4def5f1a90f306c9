using System.Reflection;

namespace MlOps.Steps;

/// <summary>This toolkit's version, which is part of the evidence and of every fingerprint.</summary>
public static class Toolkit
{
    public static string Version { get; } =
        typeof(Toolkit).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')[0] ?? "0.0.0";
}

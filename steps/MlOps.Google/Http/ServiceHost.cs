namespace MlOps.Google.Http;

/// <summary>A service by its public name, and the address at which it is asked.</summary>
internal sealed record ServiceHost(string Name, Uri Base)
{
    /// <summary>For people: the name, and where it really is when that differs.</summary>
    public override string ToString() => Name == Base.Authority || Name == Base.Host ? Name : $"{Name} (at {Base.Authority})";

    /// <summary>Scheme, host and port are the same: credentials may go there.</summary>
    public bool Owns(Uri address) =>
        address.Scheme == Base.Scheme && address.Port == Base.Port && string.Equals(address.Host, Base.Host, StringComparison.OrdinalIgnoreCase);
}

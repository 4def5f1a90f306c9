using System.Collections.Concurrent;
using System.Formats.Asn1;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace MlOps.LocalCloud.Proxy;

/// <summary>
/// The authority that vouches for the proxy's certificates, kept with the state: <c>ca.pem</c> for clients to trust, its key
/// beside it (mode 0600). It can vouch for Google's hosts only (name constraints), so trusting it gives away no other site.
/// </summary>
internal sealed class CertificateAuthority : IDisposable
{
    private const int MostLeaves = 1000;
    private static readonly TimeSpan Lifetime = TimeSpan.FromDays(3650), LeafLifetime = TimeSpan.FromDays(365), Reserve = TimeSpan.FromDays(400);
    private readonly ConcurrentDictionary<string, X509Certificate2> _leaves = new(StringComparer.Ordinal);
    private readonly X509Certificate2 _certificate;
    private readonly TimeProvider _time;

    private CertificateAuthority(X509Certificate2 certificate, string path, TimeProvider time) => (_certificate, Path, _time) = (certificate, path, time);

    /// <summary>The certificate that clients trust, as PEM.</summary>
    public string Path { get; }

    public static string PathIn(string stateFolder) => System.IO.Path.Combine(stateFolder, "proxy", "ca.pem");

    /// <summary>The kept authority; a new one where there is none, it is damaged, or it ends soon.</summary>
    public static CertificateAuthority Of(string stateFolder, string instance, TimeProvider time)
    {
        var path = PathIn(stateFolder);
        var key = System.IO.Path.ChangeExtension(path, ".key");
        if (Read(path, key) is { } kept)
        {
            if (kept.NotAfter > (time.GetUtcNow() + Reserve).UtcDateTime)
            {
                return new CertificateAuthority(kept, path, time);
            }

            kept.Dispose();
        }

        return new CertificateAuthority(Create(path, key, instance, time), path, time);
    }

    /// <summary>A certificate with its key for one of Google's hosts.</summary>
    public X509Certificate2 For(string host)
    {
        if (_leaves.Count >= MostLeaves)
        {
            _leaves.Clear();
        }

        return _leaves.GetOrAdd(host, Issue);
    }

    public void Dispose() => _certificate.Dispose();

    private X509Certificate2 Issue(string host)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest(new X500DistinguishedName("CN=MlOps local cloud"), key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName(host);
        request.CertificateExtensions.Add(names.Build(critical: false));
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(certificateAuthority: false, hasPathLengthConstraint: false, 0, critical: true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.DigitalSignature, critical: true));
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid("1.3.6.1.5.5.7.3.1")], critical: false));
        request.CertificateExtensions.Add(X509AuthorityKeyIdentifierExtension.CreateFromCertificate(_certificate, includeKeyIdentifier: true, includeIssuerAndSerial: false));
        var now = _time.GetUtcNow();
        using var issued = request.Create(_certificate, now - TimeSpan.FromDays(1), now + LeafLifetime, RandomNumberGenerator.GetBytes(16));
        return issued.CopyWithPrivateKey(key);
    }

    private static X509Certificate2 Create(string path, string keyPath, string instance, TimeProvider time)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest(new X500DistinguishedName($"CN=MlOps local cloud {instance}"), key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(certificateAuthority: true, hasPathLengthConstraint: true, 0, critical: true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign | X509KeyUsageFlags.CrlSign, critical: true));
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, critical: false));
        request.CertificateExtensions.Add(OnlyFor(GoogleHosts.Domains));
        var now = time.GetUtcNow();
        var certificate = request.CreateSelfSigned(now - TimeSpan.FromDays(1), now + Lifetime);
        Keep(keyPath, key.ExportPkcs8PrivateKeyPem(), UnixFileMode.UserRead | UnixFileMode.UserWrite);
        Keep(path, certificate.ExportCertificatePem() + "\n", UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.OtherRead);
        return certificate;
    }

    /// <summary>Written beside its place and renamed; never readable by others on the way.</summary>
    private static void Keep(string path, string text, UnixFileMode mode)
    {
        Directory.CreateDirectory(System.IO.Path.GetDirectoryName(path)!);
        var temporary = $"{path}.{Guid.NewGuid():N}.tmp";
        using (var writer = new StreamWriter(temporary, new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, UnixCreateMode = mode }))
        {
            writer.Write(text);
        }

        File.Move(temporary, path, overwrite: true);
    }

    private static X509Certificate2? Read(string path, string keyPath)
    {
        try
        {
            return X509Certificate2.CreateFromPemFile(path, keyPath);
        }
        catch (Exception e) when (e is IOException or CryptographicException)
        {
            return null;
        }
    }

    /// <summary>RFC 5280, section 4.2.1.10: the domains themselves and everything below them.</summary>
    private static X509Extension OnlyFor(IEnumerable<string> domains)
    {
        var writer = new AsnWriter(AsnEncodingRules.DER);
        using (writer.PushSequence())
        using (writer.PushSequence(new Asn1Tag(TagClass.ContextSpecific, 0)))
        {
            foreach (var domain in domains)
            {
                using (writer.PushSequence())
                {
                    writer.WriteCharacterString(UniversalTagNumber.IA5String, domain, new Asn1Tag(TagClass.ContextSpecific, 2));
                }
            }
        }

        return new X509Extension("2.5.29.30", writer.Encode(), critical: true);
    }
}

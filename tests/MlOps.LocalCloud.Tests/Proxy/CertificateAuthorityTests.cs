using System.Security.Cryptography.X509Certificates;
using Microsoft.Extensions.Time.Testing;
using MlOps.LocalCloud.Proxy;
using MlOps.Testing;

namespace MlOps.LocalCloud.Tests.Proxy;

public sealed class CertificateAuthorityTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Clients_that_trust_it_trust_its_certificates_for_Googles_hosts()
    {
        using var authority = CertificateAuthority.Of(_folder.Path, "i", TimeProvider.System);
        foreach (var host in new[] { "storage.googleapis.com", "us-central1-docker.pkg.dev", "gcr.io" })
        {
            Assert.True(IsTrusted(authority, host, out var leaf), host);
            Assert.True(leaf.MatchesHostname(host));
            Assert.True(leaf.HasPrivateKey);
        }
    }

    [Fact]
    public void It_can_vouch_for_no_other_site()
    {
        using var authority = CertificateAuthority.Of(_folder.Path, "i", TimeProvider.System);
        Assert.False(IsTrusted(authority, "example.com", out _));
        Assert.False(IsTrusted(authority, "evilgoogleapis.com", out _));
    }

    [Fact]
    public void It_is_kept_and_its_key_is_readable_by_its_owner_alone()
    {
        using var first = CertificateAuthority.Of(_folder.Path, "i", TimeProvider.System);
        var kept = File.ReadAllText(first.Path);
        using var second = CertificateAuthority.Of(_folder.Path, "i", TimeProvider.System);
        Assert.Equal(kept, File.ReadAllText(second.Path));
        Assert.True(IsTrusted(second, "storage.googleapis.com", out _));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(Path.ChangeExtension(first.Path, ".key")));
        Assert.DoesNotContain("PRIVATE", kept);
    }

    [Fact]
    public void A_damaged_or_an_old_one_is_made_anew()
    {
        var time = new FakeTimeProvider(DateTimeOffset.UnixEpoch.AddYears(50));
        var first = File.ReadAllText(CertificateAuthority.Of(_folder.Path, "i", time).Path);
        time.Advance(TimeSpan.FromDays(365 * 9));
        var second = File.ReadAllText(CertificateAuthority.Of(_folder.Path, "i", time).Path);
        Assert.NotEqual(first, second);
        File.WriteAllText(CertificateAuthority.PathIn(_folder.Path), "damaged");
        using var third = CertificateAuthority.Of(_folder.Path, "i", TimeProvider.System);
        Assert.True(IsTrusted(third, "storage.googleapis.com", out _));
    }

    [Fact]
    public void A_certificate_is_made_once_a_host()
    {
        using var authority = CertificateAuthority.Of(_folder.Path, "i", TimeProvider.System);
        Assert.Same(authority.For("gcr.io"), authority.For("gcr.io"));
        Assert.NotSame(authority.For("gcr.io"), authority.For("us.gcr.io"));
    }

    private static bool IsTrusted(CertificateAuthority authority, string host, out X509Certificate2 leaf)
    {
        leaf = authority.For(host);
        using var root = X509CertificateLoader.LoadCertificateFromFile(authority.Path);
        using var chain = new X509Chain { ChainPolicy = { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck } };
        chain.ChainPolicy.CustomTrustStore.Add(root);
        return chain.Build(leaf);
    }
}

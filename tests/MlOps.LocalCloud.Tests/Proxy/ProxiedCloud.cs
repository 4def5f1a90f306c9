using System.Net;
using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using MlOps.LocalCloud.Hosting;

namespace MlOps.LocalCloud.Tests.Proxy;

/// <summary>A cloud with its proxy, and a client that asks for everything through it and trusts its authority alone.</summary>
public sealed class ProxiedCloud : IAsyncLifetime
{
    public TestCloud Cloud { get; } = new() { Gcloud = true };

    public HttpClient Http { get; private set; } = null!;

    public X509Certificate2 Authority => X509CertificateLoader.LoadCertificateFromFile(LocalCloudOwner.CertificateAuthority(Cloud.Options.StateFolder));

    public SocketsHttpHandler Handler() => new()
    {
        Proxy = new WebProxy(Cloud.Owner.Proxy),
        UseProxy = true,
        AllowAutoRedirect = false,
        SslOptions = new SslClientAuthenticationOptions { CertificateChainPolicy = Policy() },
    };

    public X509ChainPolicy Policy() => new()
    {
        TrustMode = X509ChainTrustMode.CustomRootTrust,
        CustomTrustStore = { Authority },
        RevocationMode = X509RevocationMode.NoCheck,
    };

    public async ValueTask InitializeAsync()
    {
        await Cloud.InitializeAsync();
        Http = new HttpClient(Handler());
    }

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        await Cloud.DisposeAsync();
    }
}

using System.Net;
using System.Net.Sockets;
using MlOps.Google.Http;

namespace MlOps.Google.Tests.Http;

public sealed class PrivateAddressTests
{
    [Theory]
    [InlineData("127.0.0.1", true)]
    [InlineData("0.0.0.0", true)]
    [InlineData("10.255.0.1", true)]
    [InlineData("172.16.0.1", true)]
    [InlineData("172.31.255.255", true)]
    [InlineData("172.32.0.1", false)]
    [InlineData("192.168.1.1", true)]
    [InlineData("192.169.1.1", false)]
    [InlineData("169.254.169.254", true)]
    [InlineData("100.64.0.1", true)]
    [InlineData("100.128.0.1", false)]
    [InlineData("8.8.8.8", false)]
    [InlineData("::1", true)]
    [InlineData("::", true)]
    [InlineData("fe80::1", true)]
    [InlineData("fd00::1", true)]
    [InlineData("::ffff:10.0.0.1", true)]
    [InlineData("2001:4860:4860::8888", false)]
    public void An_address_is_private_or_not(string address, bool isPrivate) => Assert.Equal(isPrivate, PrivateAddress.Is(IPAddress.Parse(address)));

    [Theory]
    [InlineData("LOCALHOST", true)]
    [InlineData("a.localhost.", true)]
    [InlineData("[::1]", true)]
    [InlineData("inside.example", true)]
    [InlineData("outside.example", false)]
    [InlineData("unknown.example", false)]
    public async Task A_name_is_private_by_what_it_leads_to(string host, bool isPrivate)
    {
        static Task<IPAddress[]> Resolve(string name, CancellationToken cancel) => name switch
        {
            "inside.example" => Task.FromResult<IPAddress[]>([IPAddress.Parse("8.8.8.8"), IPAddress.Parse("10.0.0.1")]),
            "outside.example" => Task.FromResult<IPAddress[]>([IPAddress.Parse("8.8.8.8")]),
            _ => Task.FromException<IPAddress[]>(new SocketException((int)SocketError.HostNotFound)),
        };
        Assert.Equal(isPrivate, await PrivateAddress.IsAsync(host, Resolve, TestContext.Current.CancellationToken));
    }
}

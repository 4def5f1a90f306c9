using System.Text;
using Google.Cloud.SecretManager.V1;
using Google.Protobuf;
using Grpc.Core;
using static Google.Cloud.SecretManager.V1.SecretVersion.Types;
using static MlOps.LocalCloud.Tests.SecretManager.SecretTests;

namespace MlOps.LocalCloud.Tests.SecretManager;

public sealed class VersionTests(TestCloud cloud) : IClassFixture<TestCloud>
{
    private const string Value = "correct horse battery staple";

    private SecretManagerService.SecretManagerServiceClient Client => new(cloud.Grpc);

    [Fact]
    public async Task Versions_are_numbered_from_one_and_latest_is_the_newest()
    {
        var secret = await CreateAsync("numbered");
        Assert.Equal(StatusCode.NotFound, await AccessRefusedAsync($"{secret}/versions/latest"));
        Assert.Equal($"{secret}/versions/1", (await AddAsync(secret, "one")).Name);
        Assert.Equal($"{secret}/versions/2", (await AddAsync(secret, "two")).Name);
        var latest = await AccessAsync($"{secret}/versions/latest");
        Assert.Equal(($"{secret}/versions/2", "two"), (latest.Name, latest.Payload.Data.ToStringUtf8()));
        Assert.Equal("one", (await AccessAsync($"{secret}/versions/1")).Payload.Data.ToStringUtf8());
        Assert.Equal(StatusCode.NotFound, await AccessRefusedAsync($"{secret}/versions/3"));
        Assert.Equal(StatusCode.NotFound, await AccessRefusedAsync($"{secret}/versions/stable"));
    }

    [Fact]
    public async Task A_disabled_version_is_not_read_a_destroyed_one_is_gone_from_the_disk()
    {
        var secret = await CreateAsync("states");
        var version = (await AddAsync(secret, "states-" + Value)).Name;
        Assert.Equal(State.Disabled, (await Client.DisableSecretVersionAsync(new() { Name = version }, cancellationToken: TestCloud.Cancel)).State);
        Assert.Equal(StatusCode.FailedPrecondition, await AccessRefusedAsync($"{secret}/versions/latest"));
        Assert.Equal(State.Enabled, (await Client.EnableSecretVersionAsync(new() { Name = version }, cancellationToken: TestCloud.Cancel)).State);
        Assert.Single(FilesWith("states-" + Value));
        var destroyed = await Client.DestroySecretVersionAsync(new() { Name = version }, cancellationToken: TestCloud.Cancel);
        Assert.Equal(State.Destroyed, destroyed.State);
        Assert.NotNull(destroyed.DestroyTime);
        Assert.Equal(StatusCode.FailedPrecondition, await AccessRefusedAsync(version));
        Assert.Equal(StatusCode.FailedPrecondition, await RefusedAsync(async () => await Client.EnableSecretVersionAsync(new() { Name = version }, cancellationToken: TestCloud.Cancel)));
        Assert.Empty(FilesWith("states-" + Value));
    }

    [Fact]
    public async Task A_value_is_in_one_file_that_only_its_owner_reads_and_in_no_other()
    {
        var secret = await CreateAsync("kept");
        await AddAsync(secret, "kept-" + Value);
        var file = Assert.Single(FilesWith("kept-" + Value));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(Path.GetDirectoryName(file)!));
        await cloud.RestartAsync();
        Assert.Equal("kept-" + Value, (await AccessAsync($"{secret}/versions/1")).Payload.Data.ToStringUtf8());
        await Client.DeleteSecretAsync(new() { Name = secret }, cancellationToken: TestCloud.Cancel);
        Assert.Empty(FilesWith("kept-" + Value));
    }

    [Fact]
    public async Task A_value_that_no_row_names_any_more_goes_at_the_next_start()
    {
        var secret = await CreateAsync("swept");
        await AddAsync(secret, "swept");
        var left = Path.Combine(cloud.Options.StateFolder, "secrets", "left");
        await File.WriteAllTextAsync(left, "left by a kill", TestCloud.Cancel);
        await cloud.RestartAsync();
        Assert.Equal("swept", (await AccessAsync($"{secret}/versions/latest")).Payload.Data.ToStringUtf8());
        Assert.False(File.Exists(left));
    }

    /// <summary>The check value of CRC-32C: that of the digits 1 to 9 (RFC 3720).</summary>
    [Fact]
    public async Task A_checksum_is_checked_kept_and_told()
    {
        var secret = await CreateAsync("checked");
        var version = await Client.AddSecretVersionAsync(new() { Parent = secret, Payload = new() { Data = ByteString.CopyFromUtf8("123456789"), DataCrc32C = 0xE3069283 } }, cancellationToken: TestCloud.Cancel);
        Assert.True(version.ClientSpecifiedPayloadChecksum);
        Assert.Equal(0xE3069283, (await AccessAsync(version.Name)).Payload.DataCrc32C);
        Assert.Equal(StatusCode.InvalidArgument, await RefusedAsync(async () => await Client.AddSecretVersionAsync(new() { Parent = secret, Payload = new() { Data = ByteString.CopyFromUtf8("x"), DataCrc32C = 1 } }, cancellationToken: TestCloud.Cancel)));
        Assert.False((await AddAsync(secret, "unchecked")).ClientSpecifiedPayloadChecksum);
    }

    [Fact]
    public async Task A_value_is_one_byte_to_64_KiB()
    {
        var secret = await CreateAsync("sized");
        Assert.Equal(StatusCode.InvalidArgument, await RefusedAsync(async () => await AddAsync(secret, "")));
        Assert.Equal(StatusCode.InvalidArgument, await RefusedAsync(async () => await AddAsync(secret, new string('x', 65_537))));
        await AddAsync(secret, new string('x', 65_536));
        Assert.Equal(StatusCode.NotFound, await RefusedAsync(async () => await AddAsync(secret + "-not", "x")));
    }

    [Fact]
    public async Task An_alias_names_a_version_that_exists()
    {
        var secret = await CreateAsync("aliased");
        await AddAsync(secret, "one");
        await AddAsync(secret, "two");
        UpdateSecretRequest With(long number) => new() { Secret = new() { Name = secret, VersionAliases = { ["stable"] = number } }, UpdateMask = new() { Paths = { "version_aliases" } } };
        await Client.UpdateSecretAsync(With(1), cancellationToken: TestCloud.Cancel);
        Assert.Equal("one", (await AccessAsync($"{secret}/versions/stable")).Payload.Data.ToStringUtf8());
        Assert.Equal(StatusCode.NotFound, await RefusedAsync(async () => await Client.UpdateSecretAsync(With(9), cancellationToken: TestCloud.Cancel)));
    }

    [Fact]
    public async Task A_state_changes_only_for_who_saw_the_last_one()
    {
        var secret = await CreateAsync("raced");
        var first = await AddAsync(secret, "x");
        var second = await Client.EnableSecretVersionAsync(new() { Name = first.Name }, cancellationToken: TestCloud.Cancel);
        Assert.NotEqual(first.Etag, second.Etag);
        Assert.Equal(StatusCode.FailedPrecondition, await RefusedAsync(async () => await Client.DisableSecretVersionAsync(new() { Name = first.Name, Etag = first.Etag }, cancellationToken: TestCloud.Cancel)));
        Assert.Equal(State.Disabled, (await Client.DisableSecretVersionAsync(new() { Name = first.Name, Etag = second.Etag }, cancellationToken: TestCloud.Cancel)).State);
        var enabled = await Client.ListSecretVersionsAsync(new() { Parent = secret, Filter = "state:ENABLED" }, cancellationToken: TestCloud.Cancel);
        Assert.Empty(enabled.Versions);
    }

    /// <summary>As gcloud and the REST clients send it: base64 of the URL alphabet, int64 as text.</summary>
    [Fact]
    public async Task Over_REST_a_value_is_base64()
    {
        var secret = await CreateAsync("rest");
        byte[] bytes = [0xfb, 0xff, 0xbf, 0];
        var body = $"{{\"payload\": {{\"data\": \"{Convert.ToBase64String(bytes).Replace('+', '-').Replace('/', '_')}\"}}}}";
        var added = (await cloud.PostAsync($"/v1/{secret}:addVersion", body)).Ok();
        Assert.Equal("ENABLED", added["state"]);
        var read = (await cloud.GetAsync($"/v1/{secret}/versions/latest:access")).Ok().Json["payload"]!;
        Assert.Equal(bytes, Convert.FromBase64String(read["data"]!.ToString()));
        Assert.Equal(System.Text.Json.JsonValueKind.String, read["dataCrc32c"]!.GetValueKind());
    }

    private string[] FilesWith(string text)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        return [.. Directory.EnumerateFiles(cloud.Options.StateFolder, "*", SearchOption.AllDirectories).Where(file => !file.EndsWith("/.owner", StringComparison.Ordinal) && Bytes(file).AsSpan().IndexOf(bytes) >= 0)];
    }

    private static byte[] Bytes(string path)
    {
        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        var bytes = new byte[file.Length];
        file.ReadExactly(bytes);
        return bytes;
    }

    private Task<StatusCode> AccessRefusedAsync(string version) => RefusedAsync(() => AccessAsync(version));

    private async Task<AccessSecretVersionResponse> AccessAsync(string version) => await Client.AccessSecretVersionAsync(new() { Name = version }, cancellationToken: TestCloud.Cancel);

    private async Task<SecretVersion> AddAsync(string secret, string value) =>
        await Client.AddSecretVersionAsync(new() { Parent = secret, Payload = new() { Data = ByteString.CopyFromUtf8(value) } }, cancellationToken: TestCloud.Cancel);

    private async Task<string> CreateAsync(string id) =>
        (await Client.CreateSecretAsync(new() { Parent = "projects/p", SecretId = id, Secret = new() { Replication = new() { Automatic = new() } } }, cancellationToken: TestCloud.Cancel)).Name;
}

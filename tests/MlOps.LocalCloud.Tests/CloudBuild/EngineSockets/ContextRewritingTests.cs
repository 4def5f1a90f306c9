using System.Formats.Tar;
using System.Text;
using CsCheck;
using MlOps.LocalCloud.CloudBuild.EngineSockets;

namespace MlOps.LocalCloud.Tests.CloudBuild.EngineSockets;

public sealed class ContextRewritingTests
{
    private static readonly Gen<(string Name, byte[] Content)> File = Gen.Select(
        Gen.OneOf(Gen.String[Gen.Char.AlphaNumeric, 1, 40], Gen.String[Gen.Char.AlphaNumeric, 101, 200], Gen.Const("a/b")), Gen.Byte.Array[0, 1500]);

    [Fact]
    public async Task Only_the_named_file_changes_in_every_format_of_tar() => await Gen.Select(
        File.Array[0, 5], File.Array[0, 5], Gen.OneOf(Gen.Const(TarEntryFormat.Ustar), Gen.Const(TarEntryFormat.Gnu), Gen.Const(TarEntryFormat.Pax)), Gen.OneOf(Gen.Const("Dockerfile"), Gen.Const("./Dockerfile"), Gen.Const("sub/Dockerfile")), Gen.Int[0, 2000]).SampleAsync(async (before, after, format, name, length) =>
    {
        var files = (IEnumerable<(string Name, byte[] Content)>)[.. before, (name, "FROM a"u8.ToArray()), .. after];
        files = format == TarEntryFormat.Ustar ? files.Where(file => file.Name.Length <= 100) : files;
        var changed = new string('x', length);
        using var written = new MemoryStream();
        await ContextRewriting.CopyAsync(Archive(files, format), bytes => written.WriteAsync(bytes, TestCloud.Cancel), name.Replace("./", "", StringComparison.Ordinal), _ => Task.FromResult(changed), CancellationToken.None);
        written.Position = 0;
        using var reader = new TarReader(written);
        foreach (var (file, content) in files)
        {
            var entry = reader.GetNextEntry(copyData: true)!;
            Assert.Equal(file, entry.Name);
            using var data = new MemoryStream();
            entry.DataStream?.CopyTo(data);
            Assert.Equal(file == name ? Encoding.UTF8.GetBytes(changed) : content, data.ToArray());
        }

        Assert.Null(reader.GetNextEntry());
    }, iter: 300);

    [Fact]
    public async Task What_is_no_tar_and_a_file_that_stays_the_same_are_copied_byte_for_byte() => await Gen.Select(Gen.OneOf(Gen.Byte.Array[0, 3000], File.Array[0, 4].Select(files => Archive(files, TarEntryFormat.Pax).ToArray())), Gen.Int[0, 600]).SampleAsync(async (bytes, cut) =>
    {
        byte[] given = bytes[..Math.Max(0, bytes.Length - cut)];
        using var written = new MemoryStream();
        try
        {
            await ContextRewriting.CopyAsync(new MemoryStream(given), piece => written.WriteAsync(piece, TestCloud.Cancel), "a/b", Task.FromResult, CancellationToken.None);
            Assert.Equal(given, written.ToArray());
        }
        catch (EndOfStreamException)
        {
            // Within the file that would have been changed.
        }
    }, iter: 1000);

    private static MemoryStream Archive(IEnumerable<(string Name, byte[] Content)> files, TarEntryFormat format)
    {
        var archive = new MemoryStream();
        using (var writer = new TarWriter(archive, format, leaveOpen: true))
        {
            foreach (var (name, content) in files)
            {
                TarEntry entry = format switch
                {
                    TarEntryFormat.Ustar => new UstarTarEntry(TarEntryType.RegularFile, name),
                    TarEntryFormat.Gnu => new GnuTarEntry(TarEntryType.RegularFile, name),
                    _ => new PaxTarEntry(TarEntryType.RegularFile, name),
                };
                entry.DataStream = new MemoryStream(content);
                writer.WriteEntry(entry);
            }
        }

        archive.Position = 0;
        return archive;
    }
}

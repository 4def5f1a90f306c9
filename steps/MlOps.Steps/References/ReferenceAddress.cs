using System.Diagnostics.CodeAnalysis;
using MlOps.Core.Images;
using MlOps.Core.Problems;
using MlOps.Google.Kfp;
using MlOps.Pipelines.Definitions;

namespace MlOps.Steps.References;

/// <summary>What a reference says.</summary>
/// <param name="Address">Without the pin.</param>
/// <param name="Pin">The sha256 that the content must have; null: whatever is there.</param>
internal abstract record ReferenceAddress(Uri Address, Digest? Pin)
{
    private const string Forms = "Write https://HOST/PATH#sha256:HEX (a component.yaml or a compiled pipeline), or https://LOCATION-kfp.pkg.dev/PROJECT/REPOSITORY/NAME/VERSION, where VERSION is sha256:HEX or a tag.";

    /// <summary>Null, with a problem, where it is none.</summary>
    public static ReferenceAddress? Parse(ComponentReference reference, ICollection<Problem> problems)
    {
        if (Read(reference.Text, out var address, out var fault))
        {
            return address;
        }

        problems.Add(Problem.Error("bad-reference", $"'{reference.Text}' is no component: {fault}. {Forms}", reference.Spot));
        return null;
    }

    private static bool Read(string text, [NotNullWhen(true)] out ReferenceAddress? address, out string fault)
    {
        address = null;
        fault = "";
        var hash = text.IndexOf('#', StringComparison.Ordinal);
        Digest? pin = null;
        if (hash >= 0)
        {
            if (!Digest.TryParse(text[(hash + 1)..], out var digest))
            {
                fault = $"'{text[hash..]}' is no pin, which is #sha256: and 64 of 0-9a-f";
                return false;
            }

            pin = digest;
        }

        if (!Uri.TryCreate(hash < 0 ? text : text[..hash], UriKind.Absolute, out var uri))
        {
            fault = "it is no address";
        }
        else if (uri.UserInfo.Length > 0)
        {
            fault = "a user or password must not stand in it, where it would be committed and told";
        }
        else if (uri.Scheme != Uri.UriSchemeHttps && !(uri.Scheme == Uri.UriSchemeHttp && uri.IsLoopback))
        {
            fault = $"{uri.Scheme}:// is not https://";
        }
        else if (!uri.Host.EndsWith("-kfp.pkg.dev", StringComparison.Ordinal))
        {
            address = new FileAddress(uri, pin);
        }
        else if (uri.AbsolutePath.Trim('/').Split('/') is [var project, var repository, var package, var version]
            && KfpRepository.TryParse($"https://{uri.Host}/{project}/{repository}", out var kfp))
        {
            address = Digest.TryParse(version, out var exact) ? new TemplateAddress(uri, exact, kfp, package, Tag: null) : new TemplateAddress(uri, pin, kfp, package, version);
        }
        else
        {
            fault = "PROJECT/REPOSITORY/NAME/VERSION is not what follows the host";
        }

        return address is not null;
    }
}

/// <summary>A file on a web server.</summary>
internal sealed record FileAddress(Uri Address, Digest? Pin) : ReferenceAddress(Address, Pin);

/// <summary>A pipeline in Artifact Registry.</summary>
/// <param name="Tag">Null: the pin is the version.</param>
internal sealed record TemplateAddress(Uri Address, Digest? Pin, KfpRepository Repository, string Package, string? Tag) : ReferenceAddress(Address, Pin);

using System.Buffers;
using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace DeviceTwin.Api.Configuration;

/// <summary>
/// Makes client tokens and their hashes. A token is 256 random bits, so there is nothing to guess and one round of SHA-256 is
/// right: slow hashes are for what people choose, and would only make each request slow.
/// </summary>
internal static class TokenHash
{
    // Lets scanners find tokens that got into a repository.
    private const string TokenPrefix = "dtt_";
    private const string HashPrefix = "sha256:";
    private const int TokenBytes = 32;

    private static readonly SearchValues<char> HexDigits = SearchValues.Create("0123456789abcdefABCDEF");

    /// <summary>A new token.</summary>
    public static string CreateToken() =>
        TokenPrefix + Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(TokenBytes));

    /// <summary>A token's hash as bytes.</summary>
    /// <param name="token">The token.</param>
    public static byte[] Of(string token) => SHA256.HashData(Encoding.UTF8.GetBytes(token));

    /// <summary>A token's hash as the configuration has it.</summary>
    /// <param name="token">The token.</param>
    public static string Format(string token) => HashPrefix + Convert.ToHexStringLower(Of(token));

    /// <summary>Whether a text is a hash as the configuration has it.</summary>
    /// <param name="text">The text.</param>
    public static bool IsHash(string text) =>
        text.StartsWith(HashPrefix, StringComparison.Ordinal)
        && text.Length == HashPrefix.Length + 2 * SHA256.HashSizeInBytes
        && !text.AsSpan(HashPrefix.Length).ContainsAnyExcept(HexDigits);

    /// <summary>The bytes of a hash as the configuration has it.</summary>
    /// <param name="hash">The hash.</param>
    public static byte[] Parse(string hash) => Convert.FromHexString(hash.AsSpan(HashPrefix.Length));
}

using System.Buffers.Binary;
using System.Buffers.Text;
using System.Diagnostics.CodeAnalysis;
using DeviceTwin.Data.Changes;

namespace DeviceTwin.Api.Events;

/// <summary>A <see cref="ChangePosition"/> as text that says nothing to whoever keeps it.</summary>
public static class ChangeCursor
{
    private const int Length = 2 * sizeof(long);

    /// <summary>Writes a place as a cursor: 22 letters, digits, <c>-</c> and <c>_</c>.</summary>
    /// <param name="position">The place.</param>
    public static string Format(ChangePosition position)
    {
        Span<byte> bytes = stackalloc byte[Length];
        BinaryPrimitives.WriteInt64BigEndian(bytes, position.TransactionId);
        BinaryPrimitives.WriteInt64BigEndian(bytes[sizeof(long)..], position.Id);
        return Base64Url.EncodeToString(bytes);
    }

    /// <summary>Reads a cursor. Gives false for any text that <see cref="Format"/> does not write.</summary>
    /// <param name="cursor">The text.</param>
    /// <param name="position">The place.</param>
    public static bool TryParse([NotNullWhen(true)] string? cursor, out ChangePosition position)
    {
        position = default;
        Span<byte> bytes = stackalloc byte[Length];
        if (
            cursor is not { Length: 22 }
            || !Base64Url.IsValid(cursor, out var length)
            || length != Length
            || !Base64Url.TryDecodeFromChars(cursor, bytes, out _)
        )
        {
            return false;
        }

        var read = new ChangePosition(
            BinaryPrimitives.ReadInt64BigEndian(bytes),
            BinaryPrimitives.ReadInt64BigEndian(bytes[sizeof(long)..])
        );
        if (read.TransactionId < 0 || read.Id < 0)
        {
            return false;
        }

        position = read;
        return true;
    }
}

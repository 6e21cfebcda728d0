namespace DeviceTwin.Data;

/// <summary>What came of a write that may be refused: then nothing of it is stored.</summary>
public interface IRefusable
{
    /// <summary>Whether it was refused.</summary>
    bool IsRefused { get; }
}

namespace DeviceTwin.Api.Configuration;

/// <summary>A key's value as a source has it, before it is parsed.</summary>
/// <param name="Key">The key.</param>
/// <param name="Text">The value; empty for none.</param>
/// <param name="Origin">Where it stands, as messages say it.</param>
internal sealed record SourcedValue(SettingKey Key, string Text, string Origin);

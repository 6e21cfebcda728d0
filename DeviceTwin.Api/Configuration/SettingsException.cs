namespace DeviceTwin.Api.Configuration;

/// <summary>
/// A wrong key, value or file. <see cref="Exception.Message"/> is one line for the operator: where it stands, which key, and what
/// to mend. It never holds a secret's value.
/// </summary>
/// <param name="origin">Where the fault stands, e.g. <c>/etc/twin/config.yaml, line 3</c>.</param>
/// <param name="problem">What is wrong and what to write instead.</param>
public sealed class SettingsException(string origin, string problem)
    : Exception(SettingText.OneLine($"{origin}: {problem}"));

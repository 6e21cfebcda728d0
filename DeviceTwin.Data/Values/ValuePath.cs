using System.Globalization;
using System.Text;

namespace DeviceTwin.Data.Values;

/// <summary>The place of a value within another, as people read it: <c>$.a["b.c"][3]</c>. Keys are written as <see cref="KeyPath"/> writes them.</summary>
internal sealed class ValuePath
{
    private const int LongestKey = 50;
    private const int LongestPath = 200;
    private readonly List<(string? Key, int Index)> steps = [];

    /// <summary>Steps into a member of an object.</summary>
    public void Push(string key) => steps.Add((key, 0));

    /// <summary>Steps into an item of an array.</summary>
    public void Push(int index) => steps.Add((null, index));

    /// <summary>Steps back.</summary>
    public void Pop() => steps.RemoveAt(steps.Count - 1);

    /// <summary>The path; of a long one its begin.</summary>
    public override string ToString()
    {
        var path = new StringBuilder("$");
        foreach (var (key, index) in steps)
        {
            if (path.Length > LongestPath)
            {
                return path.Append('…').ToString();
            }

            if (key is null)
            {
                path.Append(CultureInfo.InvariantCulture, $"[{index}]");
            }
            else
            {
                KeyPath.Append(path, key.Length > LongestKey ? key[..LongestKey] + '…' : key);
            }
        }

        return path.ToString();
    }
}

using System.Text;
using System.Text.Json;
using DeviceTwin.Api.Twins;
using DeviceTwin.Data.Sqlite;
using DeviceTwin.Data.Values;
using FsCheck;
using FsCheck.Xunit;

namespace DeviceTwin.Tests.Data.Values;

public sealed class ValueProperties
{
    [Property(MaxTest = 2_000)]
    public Property What_passes_the_check_is_its_own_canonical_form_and_small() =>
        WildJson.Always(wild =>
        {
            var json = wild.Object();
            foreach (var rules in new[] { ValueRules.Strict, ValueRules.SnapConfig })
            {
                if (!CanonicalJson.TryRead(json, rules, out var canonical, out var fault))
                {
                    Assert.StartsWith("$", fault!.Path, StringComparison.Ordinal);
                    Assert.InRange(fault.Message.Length, 1, 500);
                    Assert.True(ValueText.IsStorable(fault.Message));
                    continue;
                }

                Assert.True(CanonicalJson.TryRead(canonical!, ValueRules.Strict, out var again, out _));
                Assert.Equal(canonical, again);
                Assert.InRange(Encoding.UTF8.GetByteCount(canonical!), 0, ValueLimits.Bytes);
                Assert.True(StoredJson.AreEqual(canonical!, json));
            }
        });

    [Property(MaxTest = 2_000)]
    public Property Whatever_is_stored_is_read_compared_merged_and_searched() =>
        WildJson.Always(wild =>
        {
            // Not checked: as an earlier release may have stored it.
            var (stored, other) = (wild.Object(), wild.Object());
            var (element, otherElement) = (StoredJson.Read(stored), StoredJson.Read(other));

            Assert.True(StoredJson.AreEqual(stored, stored));
            Assert.True(StoredJson.AreEqual(element, StoredJson.Read(stored)));
            Assert.Equal(StoredJson.AreEqual(stored, other), StoredJson.AreEqual(other, stored));
            Assert.Equal(StoredJson.AreEqual(stored, other), StoredJson.AreEqual(element, otherElement));

            var merged = MergePatch.Apply(stored, otherElement);
            Assert.True(
                StoredJson.AreEqual(merged, MergePatch.Apply(merged, otherElement)),
                "A patch that comes again changes nothing."
            );
            Assert.InRange(merged.Length, 0, 80 * (stored.Length + other.Length));

            foreach (var keysArePaths in new[] { false, true })
            {
                Assert.Empty(JsonContainment.Differences(element, element, keysArePaths));
                Assert.All(
                    JsonContainment.Differences(element, otherElement, keysArePaths),
                    difference => Assert.NotEqual(JsonValueKind.Undefined, difference.Wanted.ValueKind)
                );
            }

            var path = JsonSerializer.Serialize(new[] { ValueText.Repair(wild.Text()), "a" });
            Assert.Equal(SqliteJson.PathEquals(stored, path, other), SqliteJson.PathEquals(stored, path, other));
            Assert.True(SqliteJson.PathEquals(stored, "[]", stored));
        });

    [Property(MaxTest = 1_000)]
    public Property A_merge_patch_gives_what_its_definition_says() =>
        WildJson.Always(wild =>
        {
            if (
                !CanonicalJson.TryRead(wild.Object(), ValueRules.Strict, out var target, out _)
                || !CanonicalJson.TryRead(wild.Object(), ValueRules.Strict, out var patch, out _)
            )
            {
                return;
            }

            var merged = StoredJson.Read(MergePatch.Apply(target!, StoredJson.Read(patch!)));

            foreach (var change in StoredJson.Read(patch!).EnumerateObject())
            {
                var isThere = merged.TryGetProperty(change.Name, out var value);
                Assert.Equal(change.Value.ValueKind != JsonValueKind.Null, isThere);
                Assert.True(
                    !isThere
                        || change.Value.ValueKind == JsonValueKind.Object
                        || StoredJson.AreEqual(value, change.Value)
                );
            }

            foreach (var kept in StoredJson.Read(target!).EnumerateObject())
            {
                if (!StoredJson.Read(patch!).TryGetProperty(kept.Name, out _))
                {
                    Assert.True(StoredJson.AreEqual(kept.Value, merged.GetProperty(kept.Name)));
                }
            }
        });
}

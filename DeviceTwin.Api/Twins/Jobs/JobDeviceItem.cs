using System.Globalization;
using DeviceTwin.Api.Twins.SetAside;
using DeviceTwin.Data.Jobs;

namespace DeviceTwin.Api.Twins.Jobs;

/// <summary>A device of a job that is to get its action, as an item. The job itself has its id alone as its key.</summary>
/// <param name="Key">What it is to the worker.</param>
/// <param name="TwinId">The twin.</param>
/// <param name="DeviceId">The device.</param>
internal sealed record JobDeviceItem(string Key, long TwinId, string DeviceId)
{
    /// <summary>The item.</summary>
    /// <param name="job">The job.</param>
    /// <param name="device">The device.</param>
    /// <param name="isOver">Whether the device fails because the job's time is over.</param>
    public static JobDeviceItem Of(Job job, NextDevice device, bool isOver) =>
        new(Prefix(job, isOver) + device.TwinId.ToString(CultureInfo.InvariantCulture), device.TwinId, device.DeviceId);

    /// <summary>The twins of a job to leave out. A device that could not get its action is left out until the job's time is over, then it fails.</summary>
    /// <param name="job">The job.</param>
    /// <param name="excluded">All that the worker leaves out.</param>
    /// <param name="isOver">Whether the job's time is over.</param>
    public static long[] Excluded(Job job, ExcludedItems excluded, bool isOver) => excluded.Ids(Prefix(job, isOver));

    private static string Prefix(Job job, bool isOver) =>
        string.Create(CultureInfo.InvariantCulture, $"{job.Id}/{(isOver ? "over/" : "")}");
}

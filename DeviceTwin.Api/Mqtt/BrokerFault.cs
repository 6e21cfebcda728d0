using System.Net.Sockets;
using MQTTnet;
using MQTTnet.Exceptions;

namespace DeviceTwin.Api.Mqtt;

/// <summary>Says in one line why there is no connection.</summary>
internal static class BrokerFault
{
    /// <summary>Why an attempt failed.</summary>
    public static string Describe(Exception fault)
    {
        if (IsTimeOut(fault))
        {
            return "the broker did not answer in time";
        }

        // The outer exceptions only say that connecting failed; the innermost says why.
        var message = fault.GetBaseException().Message.ReplaceLineEndings(" ").TrimEnd('.', ' ');
        return message.Length > 0 ? message : fault.GetType().Name;
    }

    /// <summary>Whether the broker did not answer in time.</summary>
    public static bool IsTimeOut(Exception fault) => fault.GetBaseException() is OperationCanceledException;

    /// <summary>Whether a call failed because the connection ended or the call was given up.</summary>
    public static bool IsLoss(Exception fault) =>
        fault
            is MqttCommunicationException
                or ObjectDisposedException
                or OperationCanceledException
                or IOException
                or SocketException;

    /// <summary>Why a connection ended.</summary>
    public static string Describe(MqttClientDisconnectedEventArgs gone) =>
        gone.Exception is { } fault ? Describe(fault)
        : gone.Reason == MqttClientDisconnectReason.NormalDisconnection ? "the broker closed the connection"
        : $"the broker closed the connection: {gone.Reason} {gone.ReasonString}".TrimEnd();
}

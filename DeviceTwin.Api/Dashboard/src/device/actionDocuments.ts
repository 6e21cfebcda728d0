import { graphql } from "../generated";

// Every mutation of one device. Each is written out, so that the schema is checked against it when the page is built.

export const acknowledgeAssertion = graphql(`
  mutation AcknowledgeAssertion($input: AcknowledgeAssertionInput!) {
    acknowledgeAssertion(input: $input) {
      action {
        actionId
      }
      errors {
        __typename
        ... on Error {
          message
        }
      }
    }
  }
`);

export const configureSnap = graphql(`
  mutation ConfigureSnap($input: ConfigureSnapInput!) {
    configureSnap(input: $input) {
      action {
        actionId
      }
      errors {
        __typename
        ... on Error {
          message
        }
      }
    }
  }
`);

export const createDeviceUser = graphql(`
  mutation CreateDeviceUser($input: CreateDeviceUserInput!) {
    createDeviceUser(input: $input) {
      action {
        actionId
      }
      errors {
        __typename
        ... on Error {
          message
        }
      }
    }
  }
`);

export const disableSnap = graphql(`
  mutation DisableSnap($input: SnapActionInput!) {
    disableSnap(input: $input) {
      action {
        actionId
      }
      errors {
        __typename
        ... on Error {
          message
        }
      }
    }
  }
`);

export const enableSnap = graphql(`
  mutation EnableSnap($input: SnapActionInput!) {
    enableSnap(input: $input) {
      action {
        actionId
      }
      errors {
        __typename
        ... on Error {
          message
        }
      }
    }
  }
`);

export const installSnap = graphql(`
  mutation InstallSnap($input: SnapActionInput!) {
    installSnap(input: $input) {
      action {
        actionId
      }
      errors {
        __typename
        ... on Error {
          message
        }
      }
    }
  }
`);

export const refreshSnap = graphql(`
  mutation RefreshSnap($input: SnapActionInput!) {
    refreshSnap(input: $input) {
      action {
        actionId
      }
      errors {
        __typename
        ... on Error {
          message
        }
      }
    }
  }
`);

export const removeDeviceUser = graphql(`
  mutation RemoveDeviceUser($input: RemoveDeviceUserInput!) {
    removeDeviceUser(input: $input) {
      action {
        actionId
      }
      errors {
        __typename
        ... on Error {
          message
        }
      }
    }
  }
`);

export const removeSnap = graphql(`
  mutation RemoveSnap($input: SnapActionInput!) {
    removeSnap(input: $input) {
      action {
        actionId
      }
      errors {
        __typename
        ... on Error {
          message
        }
      }
    }
  }
`);

export const requestDeviceInfo = graphql(`
  mutation RequestDeviceInfo($input: DeviceActionInput!) {
    requestDeviceInfo(input: $input) {
      action {
        actionId
      }
      errors {
        __typename
        ... on Error {
          message
        }
      }
    }
  }
`);

export const requestOperatingSystem = graphql(`
  mutation RequestOperatingSystem($input: DeviceActionInput!) {
    requestOperatingSystem(input: $input) {
      action {
        actionId
      }
      errors {
        __typename
        ... on Error {
          message
        }
      }
    }
  }
`);

export const requestSnapConfig = graphql(`
  mutation RequestSnapConfig($input: SnapActionInput!) {
    requestSnapConfig(input: $input) {
      action {
        actionId
      }
      errors {
        __typename
        ... on Error {
          message
        }
      }
    }
  }
`);

export const requestSnapInfo = graphql(`
  mutation RequestSnapInfo($input: SnapActionInput!) {
    requestSnapInfo(input: $input) {
      action {
        actionId
      }
      errors {
        __typename
        ... on Error {
          message
        }
      }
    }
  }
`);

export const requestSnapList = graphql(`
  mutation RequestSnapList($input: DeviceActionInput!) {
    requestSnapList(input: $input) {
      action {
        actionId
      }
      errors {
        __typename
        ... on Error {
          message
        }
      }
    }
  }
`);

export const restartSnap = graphql(`
  mutation RestartSnap($input: SnapServicesInput!) {
    restartSnap(input: $input) {
      action {
        actionId
      }
      errors {
        __typename
        ... on Error {
          message
        }
      }
    }
  }
`);

export const revertSnap = graphql(`
  mutation RevertSnap($input: SnapActionInput!) {
    revertSnap(input: $input) {
      action {
        actionId
      }
      errors {
        __typename
        ... on Error {
          message
        }
      }
    }
  }
`);

export const snapshotSnap = graphql(`
  mutation SnapshotSnap($input: SnapshotSnapInput!) {
    snapshotSnap(input: $input) {
      action {
        actionId
      }
      errors {
        __typename
        ... on Error {
          message
        }
      }
    }
  }
`);

export const startSnap = graphql(`
  mutation StartSnap($input: SnapServicesInput!) {
    startSnap(input: $input) {
      action {
        actionId
      }
      errors {
        __typename
        ... on Error {
          message
        }
      }
    }
  }
`);

export const stopSnap = graphql(`
  mutation StopSnap($input: SnapServicesInput!) {
    stopSnap(input: $input) {
      action {
        actionId
      }
      errors {
        __typename
        ... on Error {
          message
        }
      }
    }
  }
`);

export const switchSnap = graphql(`
  mutation SwitchSnap($input: SwitchSnapInput!) {
    switchSnap(input: $input) {
      action {
        actionId
      }
      errors {
        __typename
        ... on Error {
          message
        }
      }
    }
  }
`);

export const unregisterDevice = graphql(`
  mutation UnregisterDevice($input: DeviceActionInput!) {
    unregisterDevice(input: $input) {
      action {
        actionId
      }
      errors {
        __typename
        ... on Error {
          message
        }
      }
    }
  }
`);

export const uploadLogs = graphql(`
  mutation UploadLogs($input: UploadLogsInput!) {
    uploadLogs(input: $input) {
      action {
        actionId
      }
      errors {
        __typename
        ... on Error {
          message
        }
      }
    }
  }
`);

export const cancelAction = graphql(`
  mutation CancelAction($input: CancelActionInput!) {
    cancelAction(input: $input) {
      action {
        actionId
      }
      errors {
        __typename
        ... on Error {
          message
        }
      }
    }
  }
`);

import { graphql } from "../generated";

// What is done with a twin itself.

export const deleteDevice = graphql(`
  mutation DeleteDevice($input: DeviceActionInput!) {
    deleteDevice(input: $input) {
      device {
        deviceId
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

export const restoreDevice = graphql(`
  mutation RestoreDevice($input: DeviceActionInput!) {
    restoreDevice(input: $input) {
      device {
        deviceId
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

export const retrySync = graphql(`
  mutation RetrySync($input: DeviceActionInput!) {
    retrySync(input: $input) {
      device {
        deviceId
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

export const patchTags = graphql(`
  mutation PatchTags($input: PatchPropertiesInput!) {
    patchTags(input: $input) {
      device {
        deviceId
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

export const patchDesiredProperties = graphql(`
  mutation PatchDesiredProperties($input: PatchPropertiesInput!) {
    patchDesiredProperties(input: $input) {
      device {
        deviceId
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

export const setDesiredSnaps = graphql(`
  mutation SetDesiredSnaps($input: SetDesiredSnapsInput!) {
    setDesiredSnaps(input: $input) {
      device {
        deviceId
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

export const clearDesiredSnaps = graphql(`
  mutation ClearDesiredSnaps($input: ClearDesiredSnapsInput!) {
    clearDesiredSnaps(input: $input) {
      device {
        deviceId
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

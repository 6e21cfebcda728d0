import { useSyncExternalStore } from "react";

/** Whether what is shown is live. */
export interface ConnectionState {
  isLive: boolean;
  /** Since when it is not; null while it is, and before the first connection. */
  lostAt: Date | null;
  /** Grows with each connection after the first: what was missed has to be read again. */
  epoch: number;
}

let state: ConnectionState = { isLive: false, lostAt: null, epoch: 0 };
let hasOpened = false;
const listeners = new Set<() => void>();

const change = (next: ConnectionState) => {
  state = next;
  listeners.forEach((listener) => {
    listener();
  });
};

export const connection = {
  opened: () => {
    change({ isLive: true, lostAt: null, epoch: state.epoch + (hasOpened ? 1 : 0) });
    hasOpened = true;
  },
  closed: () => {
    change({ ...state, isLive: false, lostAt: state.lostAt ?? new Date() });
  },
  subscribe: (listener: () => void) => {
    listeners.add(listener);
    return () => listeners.delete(listener);
  },
  current: () => state,
};

export const useConnection = () => useSyncExternalStore(connection.subscribe, connection.current);
